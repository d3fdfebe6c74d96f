/**
 * Prints credentials of podkey: `node main.ts get NAME KEY` one value, `node main.ts live NAME...` every change. The lines are those of test/clients/README.md, the same in every language; podkey/client does the rest.
 */
import { createHash } from "node:crypto";
import { DEFAULT_ENDPOINT, followCredentials, openCredentialClient, RpcFailure } from "podkey/client";
import type { Credential, WatchUpdate } from "podkey/client";

const client = openCredentialClient({ endpoint: process.env["PODKEY_ENDPOINT"] ?? DEFAULT_ENDPOINT });

async function get(name: string, key: string): Promise<void> {
  const { credential } = await client.get({ name, keys: [key] }, { timeoutMs: 5000 });
  console.log(shown(credential?.data[key] ?? Buffer.of()));
}

async function live(names: readonly string[]): Promise<void> {
  let freshness = "";
  const { signal } = new AbortController();
  for await (const update of followCredentials(client, { names: [...names] }, { signal })) {
    if (update.kind === "interrupted") {
      console.error(`${update.failure.message}; again in ${String(update.retryInMs)} ms`);
      console.log("reconnecting", update.failure.code);
      continue;
    }
    if (update.kind !== "heartbeat") print(update);
    const { state, reason = "" } = update.state.freshness ?? {};
    const now = state === "STATE_FRESH" ? "fresh" : `stale ${reason}`;
    if (state !== undefined && now !== freshness) console.log((freshness = now));
  }
}

/** Prints one state: everything that is new in it, then how it arrived. */
function print({ kind, change, state, ...update }: WatchUpdate & { kind: "synced" | "change" }): void {
  const lines = new Map(change.removed.map(({ name }) => [name, `removed ${name}`]));
  for (const credential of change.changed) lines.set(credential.name, current(credential));
  for (const name of [...lines.keys()].sort()) console.log(lines.get(name));
  const how = kind === "change" ? "changed" : "isResumed" in update && update.isResumed ? "resumed" : "reset";
  console.log(how, state.credentials.size);
}

function current({ name, data }: Credential): string {
  const entries = Object.entries(data).sort(([left], [right]) => (left < right ? -1 : 1));
  return ["current", name, ...entries.map(([key, value]) => `${key}=${shown(value)}`)].join(" ");
}

/** Shows short printable text, because this is a demonstration. A real program never prints a value. */
function shown(value: Buffer): string {
  const text = value.toString("latin1");
  if (/^[\x21-\x7e]{0,64}$/.test(text)) return text;
  return `sha256:${createHash("sha256").update(value).digest("hex")}`;
}

const [command, ...args] = process.argv.slice(2);
const [name, key] = args;
try {
  if (command === "get" && name !== undefined && key !== undefined) await get(name, key);
  else if (command === "live" && name !== undefined) await live(args);
  else throw new Error("usage: node main.ts get NAME KEY | node main.ts live NAME...");
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  if (error instanceof RpcFailure) console.log("refused", error.code);
  process.exitCode = error instanceof RpcFailure ? 3 : 2;
} finally {
  client.close();
}
