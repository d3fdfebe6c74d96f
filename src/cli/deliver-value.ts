/**
 * `watch NAME --key K --write FILE`: the file follows the value. Says on stderr what it did, never what it wrote.
 */
import type { WatchState, WatchUpdate } from "../client/index.ts";
import type { Output } from "./cli-deps.ts";
import type { CommandRunner } from "./command-runner.ts";
import { humanSize } from "./output/size.ts";
import { removeSecretFile, writeSecretFile } from "./secret-file.ts";

/** Where to, and what then. */
export interface Delivery {
  readonly key: string;
  readonly path: string;
  /** Runs after each write; undefined: nothing runs. */
  readonly runner: CommandRunner | undefined;
  readonly explain: (update: WatchUpdate & { readonly kind: "interrupted" }) => string;
  readonly stderr: Output;
}

/** Until the updates end. @throws CliError where the file cannot be written. */
export async function deliverValue(updates: AsyncIterable<WatchUpdate>, delivery: Delivery): Promise<void> {
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
  { key, path, runner }: Delivery,
  say: (sentence: string) => Promise<void>,
): Promise<void> {
  const [credential] = state.credentials.values();
  const value = credential?.data[key];
  if (credential === undefined || value === undefined) {
    const missing = credential === undefined ? "the credential is not served" : `there is no key ${key}`;
    const removed = await removeSecretFile(path);
    await say(removed ? `${missing} any more: removed ${path}` : `${missing}: waiting for it`);
    return;
  }
  if (!(await writeSecretFile(path, value))) return;
  const what = `${credential.namespace}/${credential.name}, key ${key}`;
  await say(`wrote ${path} (${what}, ${humanSize(value.length)}, revision ${credential.revision})`);
  runner?.request();
}
