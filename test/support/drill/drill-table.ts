/**
 * The table of incidents in docs/operations.md. `npm run drill:write` writes it, and the drill compares it.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { betweenMarkers } from "../../../tools/docs/between-markers.ts";
import { code, table } from "../../../tools/docs/markdown.ts";
import { ROOT } from "../docs/checkout.ts";
import type { Found } from "./play-incident.ts";

/** The path of the page. */
export const OPERATIONS = join(ROOT, "docs", "operations.md");

const HEAD = ["Incident", "The log says", "Metric", "Alert and runbook", "`podkey check` says"];

/** docs/operations.md with these rows. */
export async function operationsWith(found: readonly Found[]): Promise<string> {
  const page = betweenMarkers(readFileSync(OPERATIONS, "utf8"), "drill", table(HEAD, found.map(rowOf)));
  return format(page, { parser: "markdown", printWidth: 110 });
}

/** The current row of an incident; undefined if there is none. */
export function writtenRow(title: string): readonly string[] | undefined {
  const line = readFileSync(OPERATIONS, "utf8")
    .split("\n")
    .find((one) => one.startsWith(`| ${title} `));
  return line
    ?.split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** The cells of a row. */
export function rowOf({
  incident,
  event,
  log,
  metric,
  check,
  checkCode,
  termination,
}: Found): readonly string[] {
  const told = termination === "" ? "" : `; termination message: “${termination}”`;
  return [
    incident.title,
    `${event === "" ? "on stderr" : code(event)}: ${log}${told}`,
    code(metric),
    incident.alerts.map((alert) => `[${alert}](runbooks/${alert}.md)`).join(", "),
    `“${check}”; exit code ${String(checkCode)}`,
  ].map((cell) => cell.replaceAll(/[*_<>](?![^`]*`)/g, (mark) => (/[*<>]/.test(mark) ? `\\${mark}` : mark)));
}
