/**
 * `npm run bench:docs`: generates the tables and plots of docs/performance.md and the tables of docs/scale.md from the
 * JSON in bench/results.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { embed } from "./embed.ts";
import { readFleetRecord } from "./fleet/measured.ts";
import { measuredTable, modelAssumptions, modelTable } from "./fleet/scale-table.ts";
import { markdownTable } from "./result-table.ts";
import type { RunRecord } from "./result.ts";
import { readRecord, RESULTS } from "./result.ts";
import { BENCHES } from "./registry.ts";
import { svgBars } from "./svg-bars.ts";

const DOCS = join(import.meta.dirname, "../docs");
const PLOTS = join(DOCS, "performance");

await mkdir(PLOTS, { recursive: true });
let page = await readFile(join(DOCS, "performance.md"), "utf8");
for (const { name } of BENCHES) {
  const record = await readRecord(RESULTS, name);
  if (record === undefined) continue;
  const plot = await drawPlot(record);
  page = embed(page, name, [markdownTable(record.results), settingOf(record), ...plot].join("\n\n"));
}
await writeFile(join(DOCS, "performance.md"), page);

const fleet = readFleetRecord();
let scale = await readFile(join(DOCS, "scale.md"), "utf8");
scale = embed(scale, "measured", measuredTable(fleet));
scale = embed(scale, "model", modelTable(fleet));
scale = embed(scale, "assumptions", modelAssumptions());
await writeFile(join(DOCS, "scale.md"), scale);

/** A plot of the figures that have a budget and a reference: only ratios can share an axis. */
async function drawPlot({ bench, results }: RunRecord): Promise<readonly string[]> {
  const bounded = results.filter((one) => one.must.value > 0);
  const ratios = bounded.filter((one) => one.reference !== "");
  const shown = ratios.length > 0 ? ratios : bounded;
  const [first] = shown;
  if (first === undefined) return [];
  const axis = ratios.length > 0 ? `podkey / ${first.reference}` : first.unit;
  await writeFile(join(PLOTS, `${bench}.svg`), svgBars(bench, axis, shown));
  return [`![Ratios of ${bench}](performance/${bench}.svg)`];
}

function settingOf({ rounds, machine, steal }: RunRecord): string {
  const stolen = steal === undefined ? "unknown" : `${(steal * 100).toFixed(1)} %`;
  const { node, cores, cpu, commit, loadPerCore } = machine;
  return (
    `${String(rounds)} rounds, Node ${node}, ${String(cores)} cores (${cpu}), commit \`${commit}\`, ` +
    `load ${String(loadPerCore)} a core before the run, ${stolen} of the CPU time stolen by the host.`
  );
}
