/**
 * A table that fits the width of the terminal by leaving out columns. Used by the live view.
 */
import { stripVTControlCharacters } from "node:util";
import { columns } from "./columns.ts";

/** The columns that are left out, first to last, until the table fits. */
const DISPENSABLE = ["TYPE", "REVISION", "KEYS", "SIZE", "AGE", "NAMESPACE"];

/** The table with as many columns as fit into `width` characters. */
export function fittingColumns(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  width: number,
  dispensable: readonly string[] = DISPENSABLE,
): string {
  const table = columns(header, rows);
  const [next, ...rest] = dispensable;
  if (next === undefined || tableWidth(table) <= width) return table;
  const at = header.indexOf(next);
  const without = (cells: readonly string[]): readonly string[] => cells.filter((_, index) => index !== at);
  return fittingColumns(without(header), rows.map(without), width, rest);
}

function tableWidth(table: string): number {
  return Math.max(...table.split("\n").map((line) => stripVTControlCharacters(line).length));
}
