/** Formats results: as a table on a terminal, and as a Markdown table in docs/performance.md. */
import Table from "cli-table3";
import type { Bound } from "./bench.ts";
import type { Result } from "./result.ts";
import { holds } from "./result.ts";

const HEAD = ["figure", "podkey", "reference", "ratio", "min to max", "must", "aim", "Go sidecar"] as const;

/** For a terminal. */
export function terminalTable(results: readonly Result[]): string {
  const table = new Table({ head: [...HEAD], style: { head: [], border: [] } });
  for (const result of results) table.push([...cells(result)]);
  return table.toString();
}

/** For Markdown; the formatter of the repository aligns it. */
export function markdownTable(results: readonly Result[]): string {
  const row = (columns: readonly string[]): string => `| ${columns.join(" | ")} |`;
  return [row(HEAD), row(HEAD.map(() => "---")), ...results.map((one) => row(cells(one)))].join("\n");
}

function cells(one: Result): readonly string[] {
  return [
    `${one.title} (${one.unit})`,
    number(one.podkey),
    one.other === undefined ? "" : number(one.other),
    one.other === undefined ? "" : one.measured.toFixed(2),
    spread(one),
    verdict(one.must, one.measured),
    verdict(one.aim, one.measured),
    one.go === undefined ? "" : number(one.go),
  ];
}

/** The smallest and the largest round of the bounded value. */
function spread({ rounds }: Result): string {
  if (rounds.length < 2) return "";
  return `${number(Math.min(...rounds))} to ${number(Math.max(...rounds))}`;
}

function verdict(bound: Bound, measured: number): string {
  if (bound.value === 0) return "";
  const wanted = `${bound.at === "least" ? "≥" : "≤"} ${String(bound.value)}`;
  return holds(bound, measured) ? wanted : `${wanted} (missed)`;
}

function number(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}
