/**
 * Rows of text as columns in kubectl's style: no lines, three spaces between, a header in capitals. Used by every table
 * of the command line.
 */
import Table from "cli-table3";

/** No borders at all. */
const NO_LINES = {
  ...{ top: "", "top-mid": "", "top-left": "", "top-right": "", mid: "", "left-mid": "", "mid-mid": "" },
  ...{
    bottom: "",
    "bottom-mid": "",
    "bottom-left": "",
    "bottom-right": "",
    "right-mid": "",
    left: "",
    right: "",
  },
};

/** The table as text, without a line break at its end. Cells may contain colour. */
export function columns(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: [...header],
    chars: { ...NO_LINES, middle: "   " },
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true },
  });
  for (const row of rows) table.push(row.map((content) => ({ content })));
  // cli-table3 pads the last column too; trailing blanks are useless in a pipe.
  return table.toString().replaceAll(/ +$/gm, "");
}
