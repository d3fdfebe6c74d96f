/**
 * `npm run check`: runs every `check:*` script of package.json, prints the output of those that fail, and ends with a
 * table. `npm run check -- lint types` runs only these two.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");

/** The slowest start first, so that the short ones use the other core meanwhile. */
const SLOWEST_FIRST = ["lint", "types", "unused", "format", "imports"];

interface Outcome {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly output: string;
}

function checkNames(): readonly string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { scripts: object };
  const names = Object.keys(scripts).flatMap((name) => (name.startsWith("check:") ? [name.slice(6)] : []));
  const rank = (name: string): number =>
    SLOWEST_FIRST.includes(name) ? SLOWEST_FIRST.indexOf(name) : SLOWEST_FIRST.length;
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new Error(`there is no check ${unknown.join(", ")}; the checks are ${names.join(", ")}`);
  return (asked.length > 0 ? asked : names).toSorted((a, b) => rank(a) - rank(b));
}

function run(name: string): Promise<Outcome> {
  const startMs = performance.now();
  const child = spawn("npm", ["run", "--silent", `check:${name}`], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      const seconds = (performance.now() - startMs) / 1000;
      resolve({ name, ok: code === 0, seconds, output: Buffer.concat(chunks).toString() });
    });
  });
}

/** Runs one check per core at a time and prints the output of a failed check as soon as it ends. */
async function runAll(names: readonly string[]): Promise<readonly Outcome[]> {
  const waiting = [...names];
  const outcomes: Outcome[] = [];
  const work = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
      const outcome = await run(name);
      outcomes.push(outcome);
      if (!outcome.ok) console.log(`\n--- check:${name} failed ---\n${outcome.output.trim()}\n`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return names.flatMap((name) => outcomes.filter((outcome) => outcome.name === name));
}

const startMs = performance.now();
const outcomes = await runAll(checkNames());
const width = Math.max(...outcomes.map(({ name }) => name.length));
for (const { name, ok, seconds } of outcomes) {
  console.log(`${name.padEnd(width)}  ${ok ? "ok    " : "FAILED"}  ${seconds.toFixed(1).padStart(5)} s`);
}
const failed = outcomes.filter(({ ok }) => !ok);
console.log(
  `${outcomes.length - failed.length} of ${outcomes.length} checks passed in ${((performance.now() - startMs) / 1000).toFixed(1)} s`,
);
if (failed.length > 0) process.exitCode = 1;
