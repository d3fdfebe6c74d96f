/**
 * `npm test`: runs the tiers one after another, the cheapest first, each in a separate process. The last line is
 * `N passed, N failed, N skipped`. `npm run test:unit -- core/page` runs one tier, and of it only the files whose path contains one
 * of the words.
 */
import { fork } from "node:child_process";
import { join } from "node:path";
import type { Totals } from "./run-tier.ts";

/** From the least powerful to the most (CONTRIBUTING.md): an early failure is the easiest to understand. */
const TIERS = ["unit", "property", "contract", "integration", "process", "docs"];

/**
 * These run only by name: minutes on a real API server (`npm run test:kube`), clients in other languages, whose libraries are
 * downloaded (`npm run test:clients`), and others.
 */
const SLOW_TIERS = ["kube", "long", "clients", "deploy", "image", "browser"];

/** A tier that ended by a crash or a signal has no totals. It counts as one failure. */
const CRASHED: Totals = { passed: 0, failed: 1, skipped: 0 };

function runTier(tier: string, words: readonly string[]): Promise<Totals> {
  const child = fork(join(import.meta.dirname, "run-tier.ts"), [tier, ...words]);
  let totals: Totals | undefined;
  child.on("message", (message) => {
    totals = message as Totals;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code, signal) => {
      if (totals !== undefined && (code === 0 || totals.failed > 0)) {
        resolve(totals);
        return;
      }
      console.error(
        `the tier ${tier} ended with ${signal ?? `exit code ${code ?? "unknown"}`} though its tests did not fail`,
      );
      resolve(totals === undefined ? CRASHED : { ...totals, failed: totals.failed + 1 });
    });
  });
}

const [asked, ...words] = process.argv.slice(2);
const known = [...TIERS, ...SLOW_TIERS];
if (asked !== undefined && !known.includes(asked)) {
  console.error(`unknown tier ${asked}; the tiers are ${known.join(", ")}`);
  process.exit(2);
}

const sum = { passed: 0, failed: 0, skipped: 0 };
for (const tier of asked === undefined ? TIERS : [asked]) {
  const { passed, failed, skipped } = await runTier(tier, words);
  sum.passed += passed;
  sum.failed += failed;
  sum.skipped += skipped;
}
if (sum.failed > 0 || sum.passed === 0) process.exitCode = 1;
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
