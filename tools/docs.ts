/**
 * Generates the reference pages, the alert rules and the dashboard from the tables of the program, so that they cannot
 * differ from it. `npm run docs` writes them; `--check` compares them (`npm run check`, test/docs/generated.test.ts).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { fileJsonSchema } from "../src/config/explain/json-schema.ts";
import { operationsPage, runbookPage } from "./docs/alerts-table.ts";
import { apiPage } from "./docs/api-page.ts";
import { architecturePage } from "./docs/architecture-page.ts";
import { clientsPage } from "./docs/clients-page.ts";
import { configurationPage } from "./docs/configuration-page.ts";
import { errorsPage } from "./docs/errors-page.ts";
import { eventsPage } from "./docs/events-page.ts";
import { metricsPage } from "./docs/metrics-page.ts";
import { problemsPage } from "./docs/problems-page.ts";
import { runbookPath } from "./monitoring/alert.ts";
import { ALERTS } from "./monitoring/alerts.ts";
import { grafanaDashboard } from "./monitoring/dashboard.ts";
import { prometheusRuleObject, prometheusRules } from "./monitoring/rules.ts";

const ROOT = join(import.meta.dirname, "..");

/** A generated file: its path, and the function that makes its text from its current text. */
const FILES: ReadonlyMap<string, (now: string) => string> = new Map<string, (now: string) => string>([
  ["docs/api.md", apiPage],
  ["docs/architecture.md", architecturePage],
  ["docs/clients.md", clientsPage],
  ["docs/configuration.md", configurationPage],
  ["docs/configuration.schema.json", () => JSON.stringify(fileJsonSchema(), undefined, 2)],
  ["docs/errors.md", errorsPage],
  ["docs/events.md", eventsPage],
  ["docs/metrics.md", metricsPage],
  ["docs/operations.md", operationsPage],
  ["docs/problems.md", problemsPage],
  ...ALERTS.map((alert) => [`docs/${runbookPath(alert)}`, runbookPage(alert)] as const),
  ["deploy/monitoring/rules.yaml", prometheusRules],
  ["deploy/monitoring/prometheusrule.yaml", prometheusRuleObject],
  ["deploy/monitoring/dashboard.json", grafanaDashboard],
]);

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Names of the files that differ from the tables; `write` updates them. */
async function staleFiles(write: boolean): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const [name, render] of FILES) {
    const path = join(ROOT, name);
    const now = read(path);
    const text = await format(render(now), { ...(await resolveConfig(path)), filepath: path });
    if (text === now) continue;
    stale.push(name);
    if (write) writeFileSync(path, text);
  }
  return stale;
}

const check = process.argv.includes("--check");
const stale = await staleFiles(!check);
if (check && stale.length > 0) {
  console.error(`${stale.join(", ")} do not match the code; run \`npm run docs\`.`);
  process.exitCode = 1;
}
