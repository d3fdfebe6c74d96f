/**
 * `npm run bench:compare [-- BASE]`: compares the results in bench/results with those of a git revision (default HEAD), figure
 * by figure. It reports a difference only if it is larger than the spread of the rounds of either run.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import Table from "cli-table3";
import { quantile } from "./median.ts";
import { BENCHES } from "./registry.ts";
import type { Result, RunRecord } from "./result.ts";
import { readRecord, RESULTS } from "./result.ts";

const [base = "HEAD"] = process.argv.slice(2);
const table = new Table({ head: ["figure", base, "now", "change", ""], style: { head: [], border: [] } });
for (const { name } of BENCHES) {
  const [before, now] = [recordAt(base, name), await readRecord(RESULTS, name)];
  for (const result of now?.results ?? []) {
    const old = before?.results.find((one) => one.name === result.name);
    if (old !== undefined) table.push([...compared(old, result)]);
  }
}
process.stdout.write(`${table.toString()}\n`);

function recordAt(revision: string, name: string): RunRecord | undefined {
  try {
    const path = `${revision}:./${join("results", `${name}.json`)}`;
    const text = execFileSync("git", ["show", path], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return JSON.parse(text.toString()) as RunRecord;
  } catch {
    // Not measured at that revision.
    return undefined;
  }
}

function compared(old: Result, now: Result): readonly string[] {
  const change = now.measured / old.measured - 1;
  const apart = Math.abs(change) > Math.max(spread(old), spread(now));
  const better = change > 0 === (now.must.at === "least");
  const verdict = apart ? (better ? "better" : "worse") : "within the noise";
  return [
    now.title,
    old.measured.toPrecision(3),
    now.measured.toPrecision(3),
    `${(change * 100).toFixed(1)} %`,
    verdict,
  ];
}

/** The interquartile range of the rounds, divided by their median. */
function spread({ rounds, measured }: Result): number {
  if (rounds.length < 2) return 0.1;
  return (quantile(rounds, 0.75) - quantile(rounds, 0.25)) / measured;
}
