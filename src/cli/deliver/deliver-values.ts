/**
 * `watch NAME --key K --write FILE ...`: the files follow the values. Says on stderr what it did, never what it wrote.
 */
import type { WatchState, WatchUpdate } from "../../client/index.ts";
import type { Output } from "../run/cli-deps.ts";
import type { CommandRunner } from "./command-runner.ts";
import { humanSize } from "../output/size.ts";
import { removeSecretFile, writeSecretFiles } from "./secret-files.ts";

/** A key and the file that its value is kept in. */
export interface Target {
  readonly key: string;
  readonly path: string;
}

/** Where to, and what then. */
export interface Delivery {
  readonly targets: readonly Target[];
  /** Runs once after all files of a change are written; undefined: nothing runs. */
  readonly runner: CommandRunner | undefined;
  readonly explain: (update: WatchUpdate & { readonly kind: "interrupted" }) => string;
  readonly stderr: Output;
}

/** Until the updates end. @throws CliError where a file cannot be written. */
export async function deliverValues(updates: AsyncIterable<WatchUpdate>, delivery: Delivery): Promise<void> {
  let lastSaid = "";
  const say = async (sentence: string): Promise<void> => {
    if (sentence !== lastSaid) await delivery.stderr.write(`podkey: ${sentence}\n`);
    lastSaid = sentence;
  };
  for await (const update of updates) {
    // Each failed attempt would say the same again.
    if (update.kind === "interrupted") await say(`${delivery.explain(update)}; trying again`);
    else if (update.kind !== "heartbeat") await deliver(update.state, delivery, say);
  }
}

async function deliver(
  state: WatchState,
  { targets, runner }: Delivery,
  say: (sentence: string) => Promise<void>,
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
    await say(removed ? `${missing} any more: removed ${path}` : `${missing}: waiting for it`);
  }
  const written = new Set((await writeSecretFiles(found)).map(({ path }) => path));
  for (const { key, path, value } of found.filter((file) => written.has(file.path))) {
    const what = `${credential?.namespace ?? ""}/${credential?.name ?? ""}, key ${key}`;
    await say(`wrote ${path} (${what}, ${humanSize(value.length)}, revision ${credential?.revision ?? ""})`);
  }
  if (written.size > 0) runner?.request();
}
