/**
 * Measures what an attack on one consumer's socket costs another consumer. Three processes run: podkey as in the image, a
 * niced attacker on one socket, and an honest reader on its own socket. Windows with and without the attack alternate.
 * Prints the p99 of both (the median of the windows, and of all calls together), the ratios, and the growth of podkey's
 * memory. Exit code 1 if a bound does not hold.
 * `sh tools/node/run.sh bench/abuse.ts [PART OF AN ATTACK'S NAME]`; needs a quiet machine for three minutes.
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ATTACKS } from "../test/support/rpc/attacks.ts";
import { median, quantile } from "./median.ts";
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
  // In the first seconds V8 compiles the code.
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
  const alone: (readonly number[])[] = [];
  const attacked: (readonly number[])[] = [];
  const beforeBytes = await server.rssBytes();
  let peakBytes = beforeBytes;
  for (let round = 0; round < ROUNDS; round += 1) {
    alone.push((await ask(honest, WINDOW_MS)) as readonly number[]);
    attacker.send("go");
    attacked.push((await ask(honest, WINDOW_MS)) as readonly number[]);
    peakBytes = Math.max(peakBytes, await server.rssBytes());
    await ask(attacker, "stop");
  }
  attacker.disconnect();
  report(name, { alone, attacked, grownBytes: peakBytes - beforeBytes });
}

/** Times of calls in microseconds, a list for each window. */
interface Windows {
  readonly alone: readonly (readonly number[])[];
  readonly attacked: readonly (readonly number[])[];
}

function report(name: string, result: Windows & { readonly grownBytes: number }): void {
  const usual = ratioOf(result, (windows) => median(windows.map(p99)));
  // The median of the windows leaves out the one in which an attack begins; all calls together include it.
  const all = ratioOf(result, (windows) => p99(windows.flat()));
  const holds =
    usual.ratio <= RATIO_LIMIT && all.ratio <= RATIO_LIMIT && result.grownBytes <= GROWTH_LIMIT_BYTES;
  if (!holds) process.exitCode = 1;
  const grown = `RSS +${(result.grownBytes / MEBIBYTE).toFixed(1)} MB`;
  console.log(`${name}: p99 ${usual.text}; of all calls ${all.text}; ${grown}: ${holds ? "ok" : "TOO MUCH"}`);
}

function ratioOf(
  { alone, attacked }: Windows,
  of: (windows: readonly (readonly number[])[]) => number,
): { readonly ratio: number; readonly text: string } {
  const ratio = of(attacked) / of(alone);
  return { ratio, text: `${of(alone).toFixed(0)} -> ${of(attacked).toFixed(0)} us (${ratio.toFixed(2)}x)` };
}

function p99(times: readonly number[]): number {
  return quantile(times, 0.99);
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
