/**
 * `npm run histories [-- COUNT [SEED]]`: plays many random histories, shows how far it is, and prints the seed that plays
 * them again. On a failure it prints the smallest history that still fails, with its trace.
 */
import fc from "fast-check";
import { history } from "./history-step.ts";
import { playHistory } from "./history-world.ts";

const BATCH = 250;

const [countText = "10000", seedText] = process.argv.slice(2);
const count = Number(countText);
const seed = seedText === undefined ? Date.now() % 1_000_000_000 : Number(seedText);
const property = fc.property(history, fc.integer(), (steps, dice) => {
  const played = playHistory(steps, dice);
  totals.revisions += played.revisions;
  totals.lists += played.lists;
});
const totals = { revisions: 0, lists: 0 };
const startedAtMs = performance.now();

console.log(`${String(count)} histories, seed ${String(seed)}`);
for (let done = 0; done < count; done += BATCH) {
  const numRuns = Math.min(BATCH, count - done);
  const result = fc.check(property, { numRuns, seed: seed + done });
  if (result.failed) {
    console.error(fc.defaultReportMessage(result));
    console.error(
      result.errorInstance instanceof Error ? result.errorInstance.message : result.errorInstance,
    );
    console.error(`again: npm run histories -- ${String(numRuns)} ${String(seed + done)}`);
    process.exit(1);
  }
  const seconds = (performance.now() - startedAtMs) / 1000;
  const { revisions, lists } = totals;
  console.log(
    `${String(done + numRuns)} of ${String(count)}: ${String(revisions)} revisions, ${String(lists)} lists, ${seconds.toFixed(0)} s`,
  );
}
console.log(
  `${String(count)} histories held: nothing lost, phantom, torn, or stale but FRESH (seed ${String(seed)})`,
);
