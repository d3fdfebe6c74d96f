/**
 * Makes the reference pages from the tables that the program runs by, so that they cannot drift: `npm run docs` writes
 * them, with `--check` they are compared (npm run check, test/docs/generated.test.ts).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format, resolveConfig } from "prettier";
import { architecturePage } from "./docs/architecture-page.ts";
import { configurationPage } from "./docs/configuration-page.ts";
import { errorsPage } from "./docs/errors-page.ts";
import { eventsPage } from "./docs/events-page.ts";
import { metricsPage } from "./docs/metrics-page.ts";
import { problemsPage } from "./docs/problems-page.ts";

const DOCS = join(import.meta.dirname, "../docs");

/** A page under docs/: file name, and what makes its text from the text it has now. */
const PAGES: ReadonlyMap<string, (now: string) => string> = new Map<string, (now: string) => string>([
  ["architecture.md", architecturePage],
  ["configuration.md", configurationPage],
  ["errors.md", errorsPage],
  ["events.md", eventsPage],
  ["metrics.md", metricsPage],
  ["problems.md", problemsPage],
]);

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Names of the pages whose text is not what the tables say now; `write` mends them. */
async function stalePages(write: boolean): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const [name, render] of PAGES) {
    const path = join(DOCS, name);
    const now = read(path);
    const text = await format(render(now), { ...(await resolveConfig(path)), parser: "markdown" });
    if (text === now) continue;
    stale.push(`docs/${name}`);
    if (write) writeFileSync(path, text);
  }
  return stale;
}

const check = process.argv.includes("--check");
const stale = await stalePages(!check);
if (check && stale.length > 0) {
  console.error(`${stale.join(", ")} do not match the code; run \`npm run docs\`.`);
  process.exitCode = 1;
}
