/**
 * `watch NAME --key K --write FILE ...`: keeps the files equal to the values. Reports each action on stderr, never a value.
 */
import type { WatchState, WatchUpdate } from "../../client/index.ts";
import type { Output } from "../run/cli-deps.ts";
import type { CommandRunner } from "./command-runner.ts";
import { humanSize } from "../output/size.ts";
import { removeSecretFile, writeSecretFiles } from "./secret-files.ts";

/** A key and the file for its value. */
export interface Target {
  readonly key: string;
  readonly path: string;
}

/** The files, and what happens after they are written. */
export interface Delivery {
  readonly targets: readonly Target[];
  /** Runs once after all files of a change are written. */
  readonly runner: CommandRunner | undefined;
  readonly explain: (update: WatchUpdate & { readonly kind: "interrupted" }) => string;
  readonly stderr: Output;
}

/** Returns when the updates end. @throws CliError if a file cannot be written. */
export async function deliverValues(updates: AsyncIterable<WatchUpdate>, delivery: Delivery): Promise<void> {
  let last = "";
  const report = async (sentence: string): Promise<void> => {
    // Repeated attempts fail with the same sentence.
    if (sentence !== last) await delivery.stderr.write(`podkey: ${sentence}\n`);
    last = sentence;
  };
  for await (const update of updates) {
    if (update.kind === "interrupted") await report(`${delivery.explain(update)}; retrying`);
    else if (update.kind !== "heartbeat") await deliver(update.state, delivery, report);
  }
}

async function deliver(
  state: WatchState,
  { targets, runner }: Delivery,
  report: (sentence: string) => Promise<void>,
): Promise<void> {
  const [credential] = state.credentials.values();
  const found = targets.flatMap(({ key, path }) => {
    const value = credential?.data[key];
    return value === undefined ? [] : [{ key, path, value }];
  });
  for (const { key, path } of targets) {
    if (found.some((file) => file.path === path)) continue;
    const missing = credential === undefined ? "the credential is not served" : `there is no key ${key}`;
    const removed = await removeSecretFile(path);
    await report(removed ? `${missing} any more: removed ${path}` : `${missing}: waiting for it`);
  }
  const written = new Set((await writeSecretFiles(found)).map(({ path }) => path));
  for (const { key, path, value } of found.filter((file) => written.has(file.path))) {
    const what = `${credential?.namespace ?? ""}/${credential?.name ?? ""}, key ${key}`;
    await report(
      `wrote ${path} (${what}, ${humanSize(value.length)}, revision ${credential?.revision ?? ""})`,
    );
  }
  if (written.size > 0) runner?.request();
}
