/**
 * `npm run recovery`: the worst of 1,000 faults of each kind for 1, 10 and 100 scopes, as a table of seconds. Exit code 1
 * if one is above 7 s. `npm run recovery -- 100` takes 100 faults, `npm run recovery -- 1000 tear end` these kinds.
 */
import { apart, BOUND_MS, close, LISTED, RESUMED } from "./faults.ts";
import { measureRecovery } from "./measure-recovery.ts";

const SCOPES = [1, 10, 100];
const SHAPES = { close, apart };

const [count = "1000", ...kinds] = process.argv.slice(2);
const faults = Number(count);
const columns = SCOPES.flatMap((scopes) => Object.keys(SHAPES).map((shape) => `${String(scopes)} ${shape}`));
console.log(["fault".padEnd(18), ...columns.map((column) => column.padStart(9))].join(" "));
for (const fault of [...RESUMED, ...LISTED].filter((kind) => kinds.length === 0 || kinds.includes(kind))) {
  const cells = SCOPES.flatMap((scopes) =>
    Object.values(SHAPES).map((shape) => {
      const { tookMs } = measureRecovery({ scopes, faults, fault, shape, seed: 20_26 });
      const worstMs = Math.max(...tookMs);
      if (worstMs > BOUND_MS) process.exitCode = 1;
      return (worstMs / 1_000).toFixed(2).padStart(9);
    }),
  );
  console.log([fault.padEnd(18), ...cells].join(" "));
}
