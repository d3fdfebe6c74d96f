/**
 * `npm run bench [NAME…] [-- --rounds N]`: runs benchmarks, shows progress and a table of ratios against budget, writes
 * bench/results/NAME.json. Exit 1 if a "must" does not hold, 2 for an unknown name. Needs `npm run build` before.
 */
import { parseArgs } from "node:util";
import { measure } from "./measure.ts";
import { enterPod } from "./pod.ts";
import { BENCHES } from "./registry.ts";
import { terminalTable } from "./result-table.ts";
import { holds, writeRecord } from "./result.ts";

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: "string" } },
  });
  const unknown = positionals.filter((name) => !BENCHES.some((bench) => bench.name === name));
  if (unknown.length > 0) {
    process.stderr.write(
      `No such benchmark: ${unknown.join(", ")}; there are: ${BENCHES.map((bench) => bench.name).join(", ")}.\n`,
    );
    return 2;
  }
  let allHold = true;
  for (const bench of BENCHES) {
    if (positionals.length > 0 && !positionals.includes(bench.name)) continue;
    const record = await measure(bench, Number(values.rounds ?? bench.rounds));
    await writeRecord(record);
    process.stdout.write(`${terminalTable(record.results)}\n`);
    allHold &&= record.results.every((result) => holds(result.must, result.measured));
  }
  return allHold ? 0 : 1;
}

process.exitCode = enterPod() ?? (await main());
