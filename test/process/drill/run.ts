// `npm run drill:write`: plays every incident and writes the table of docs/operations.md.
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OPERATIONS, operationsWith } from "../../support/drill/drill-table.ts";
import type { Found } from "../../support/drill/play-incident.ts";
import { playIncident } from "../../support/drill/play-incident.ts";
import { copyBuilt } from "../../support/process/built-copy.ts";
import { INCIDENTS } from "./incidents.ts";

const folder = await copyBuilt();
try {
  const found: Found[] = [];
  for (const incident of INCIDENTS) {
    console.log(incident.title);
    found.push(await playIncident(incident, join(folder, "podkey.js")));
  }
  writeFileSync(OPERATIONS, await operationsWith(found));
} finally {
  rmSync(folder, { recursive: true });
}
