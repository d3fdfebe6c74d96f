/**
 * What an attack on one consumer's socket costs another consumer: three processes (podkey as the image runs it, a niced
 * attacker on a bare socket, an honest reader on its own socket), windows alone and under attack in turn. Prints p99 of
 * both, their ratio, and by how much podkey's memory grew. Exit 1 where a bound does not hold.
 * `sh tools/node/run.sh bench/abuse.ts [PART OF AN ATTACK'S NAME]`; needs a quiet machine for three minutes.
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ATTACKS } from "../test/support/rpc/attacks.ts";
import { median } from "./median.ts";
import { ProcessUnderTest } from "./process-under-test.ts";
import { DIST, manifestArgs, NODE_FLAGS, scratch } from "./subject.ts";

const WINDOW_MS = 1000;
const ROUNDS = 7;
/** Between the attacker's connections. */
const PAUSE_MS = 100;
const RATIO_LIMIT = 2;
const GROWTH_LIMIT_BYTES = 10 * 1024 * 1024;
const MEBIBYTE = 1024 * 1024;

const wanted = process.argv[2] ?? "";
const place = await scratch();
const socketOf = (name: string): string => join(place.folder, `${name}.sock`);
const reader: { child?: ChildProcess } = {};
const podkey = await serve();
try {
  reader.child = await start("paced-reader.ts", [socketOf("web"), "s1024"]);
  // The first seconds compile the code.
  await ask(reader.child, 3000);
  for (const name of Object.keys(ATTACKS))
    if (name.includes(wanted)) await measure(podkey, reader.child, name);
} finally {
  reader.child?.disconnect();
  await podkey.stop();
  await place.remove();
}

/** podkey with two consumers, each on a socket of its own. */
async function serve(): Promise<ProcessUnderTest> {
  const source = await manifestArgs(place.folder, [{ name: "s1024", sizeBytes: 1024 }]);
  const consumers = ["web", "job"].map(
    (name) =>
      `  - {name: ${name}, listen: "unix:${socketOf(name)}", allow: [{names: [s1024], namespaces: [default]}]}\n`,
  );
  const config = join(place.folder, "podkey.conf");
  const head = "apiVersion: config.podkey.dev/v1\nkind: SidecarConfiguration\nnamespace: [default]\n";
  await writeFile(config, `${head}consumers:\n${consumers.join("")}`);
  const args = ["serve", ...source, "--config", config, "--admin", "none", "--log-format", "json"];
  return ProcessUnderTest.start({
    args: [...NODE_FLAGS, join(DIST, "podkey.js"), ...args],
    isReady: (line) => line.includes('"event":"app_ready"'),
  });
}

async function measure(server: ProcessUnderTest, honest: ChildProcess, name: string): Promise<void> {
  const attacker = await start("attacker.ts", [socketOf("job"), name, String(PAUSE_MS)]);
  const alone: number[] = [];
  const attacked: number[] = [];
  const beforeBytes = await server.rssBytes();
  let peakBytes = beforeBytes;
  for (let round = 0; round < ROUNDS; round += 1) {
    alone.push(p99(await ask(honest, WINDOW_MS)));
    attacker.send("go");
    attacked.push(p99(await ask(honest, WINDOW_MS)));
    peakBytes = Math.max(peakBytes, await server.rssBytes());
    await ask(attacker, "stop");
  }
  attacker.disconnect();
  report(name, { alone: median(alone), attacked: median(attacked), grownBytes: peakBytes - beforeBytes });
}

function report(
  name: string,
  result: { readonly alone: number; readonly attacked: number; readonly grownBytes: number },
): void {
  const ratio = result.attacked / result.alone;
  const holds = ratio <= RATIO_LIMIT && result.grownBytes <= GROWTH_LIMIT_BYTES;
  if (!holds) process.exitCode = 1;
  const times = `p99 alone ${result.alone.toFixed(0)} us, attacked ${result.attacked.toFixed(0)} us`;
  const grown = `RSS +${(result.grownBytes / MEBIBYTE).toFixed(1)} MB`;
  console.log(`${name}: ${times}, ${ratio.toFixed(2)}x, ${grown}: ${holds ? "ok" : "TOO MUCH"}`);
}

function p99(times: unknown): number {
  const sorted = (times as readonly number[]).toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
}

async function start(file: string, args: readonly string[]): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "load", file), args);
  await once(child, "message");
  return child;
}

async function ask(child: ChildProcess, message: string | number): Promise<unknown> {
  child.send(message);
  const [answer] = (await once(child, "message")) as [unknown];
  return answer;
}
