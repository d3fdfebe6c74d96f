/**
 * Rows of text as columns in kubectl's style: no lines, three spaces between, a header in capitals. Used by every table of
 * the command line. Takes time in proportion to the number of cells: a list may have 10,000 rows.
 */
import { stripVTControlCharacters } from "node:util";

const GAP = "   ";

type Cells = readonly string[];

/** The table as text, without a line break at its end. Cells may contain colour. */
export function columns(header: Cells, rows: readonly Cells[]): string {
  return new ColumnPrinter(header).lines(rows);
}

/** Prints a table in chunks: the header with the first one. A column grows if a later chunk needs it, as in kubectl. */
export class ColumnPrinter {
  #header: Cells | undefined;
  #widths: readonly number[] = [];

  constructor(header: Cells) {
    this.#header = header;
  }

  /** The rows as lines, without a line break at the end. */
  lines(rows: readonly Cells[]): string {
    const all = this.#header === undefined ? rows : [this.#header, ...rows];
    this.#header = undefined;
    this.#widths = columnWidths(all, this.#widths);
    return all.map((cells) => this.#line(cells)).join("\n");
  }

  #line(cells: Cells): string {
    const padded = cells.map(
      (cell, index) => cell + " ".repeat((this.#widths[index] ?? 0) - cellWidth(cell)),
    );
    return padded.join(GAP).trimEnd();
  }
}

/** The rows without as many columns as `width` characters have no room for; `dispensable` names them, first to last. */
export function fittingColumns(
  header: Cells,
  rows: readonly Cells[],
  width: number,
  dispensable: Cells,
): string {
  const widths = columnWidths([header, ...rows]);
  const kept = new Set(header.keys());
  const total = (): number =>
    [...kept].reduce((sum, at) => sum + (widths[at] ?? 0) + GAP.length, -GAP.length);
  for (const name of dispensable) if (total() > width) kept.delete(header.indexOf(name));
  const fitting = (cells: Cells): Cells => cells.filter((_, index) => kept.has(index));
  return columns(fitting(header), rows.map(fitting));
}

function columnWidths(rows: readonly Cells[], before: readonly number[] = []): readonly number[] {
  const widths = [...before];
  for (const cells of rows)
    for (const [index, cell] of cells.entries())
      widths[index] = Math.max(widths[index] ?? 1, cellWidth(cell));
  return widths;
}

/** Characters on the screen. */
function cellWidth(cell: string): number {
  return Array.from(cell.includes("\u001b") ? stripVTControlCharacters(cell) : cell).length;
}
