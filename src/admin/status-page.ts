/**
 * /statusz: an HTML page for a person with `kubectl port-forward`. Pure. The page has no scripts and no external resources, and
 * supports light and dark mode.
 */
import type { FreshnessSample } from "./freshness-plot.ts";
import { freshnessPlot } from "./freshness-plot.ts";

/** The content of the page. Texts contain no values of Secrets. */
export interface StatusFacts {
  readonly title: string;
  /** Facts at the top: state, source, uptime. */
  readonly summary: readonly (readonly [label: string, text: string])[];
  /** Oldest first, evenly spaced. */
  readonly freshness: readonly FreshnessSample[];
  readonly samplesPerHour: number;
  /** UTC time of the page. */
  readonly renderedAt: string;
  readonly tables: readonly StatusTable[];
}

/** One table; without rows, `empty` is shown instead. */
export interface StatusTable {
  readonly caption: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly empty: string;
}

const REFRESH_SECONDS = 10;

const STYLE = `
:root{color-scheme:light dark;--fresh:#1a7f37;--stale:#bc4c00;--line:#8884;--quiet:#57606a}
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem;margin:0}h2{font-size:1.05rem;margin:1.6rem 0 .4rem}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:1rem 0}dt{color:var(--quiet)}dd{margin:0}
table{border-collapse:collapse;display:block;overflow-x:auto}
th,td{text-align:left;padding:.25rem 2.5rem .25rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:500;color:var(--quiet)}svg{width:100%;height:auto;display:block}p{color:var(--quiet);margin:.2rem 0}
.axis{display:flex;justify-content:space-between;font-size:.85rem}
.fresh{color:var(--fresh);font-weight:600}.stale{color:var(--stale);font-weight:600}
dd,td{overflow-wrap:anywhere}
@media(max-width:40rem){thead{display:none}tr{display:block;border-bottom:1px solid var(--line);padding:.3rem 0}
td{display:grid;grid-template-columns:7rem 1fr;gap:0 1rem;padding:0;border:0}td:empty{display:none}
td::before{content:attr(data-column);color:var(--quiet);font-weight:400}}
@media(prefers-color-scheme:dark){:root{--fresh:#3fb950;--stale:#f0883e;--quiet:#a0a8b0}}`;

/** The HTML of the page. */
export function statusPage(facts: StatusFacts): string {
  const summary = facts.summary
    .map(([label, text]) => `<dt>${escapeHtml(label)}</dt><dd${stateClass(text)}>${escapeHtml(text)}</dd>`)
    .join("\n");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${String(REFRESH_SECONDS)}">
<title>${escapeHtml(facts.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(facts.title)}</h1>
<dl>
${summary}
</dl>
<p>${escapeHtml(facts.renderedAt)} UTC, refreshes every ${String(REFRESH_SECONDS)} s</p>
<h2>Age of the data in the last hour</h2>
${freshnessPlot(facts.freshness, facts.samplesPerHour)}
${facts.tables.map(tableHtml).join("\n")}
</body>
</html>
`;
}

/** Colours a state; its text is always shown too. */
function stateClass(text: string): string {
  if (/^FRESH\b/.test(text)) return ' class="fresh"';
  return /^STALE\b/.test(text) ? ' class="stale"' : "";
}

/** On a phone, each cell is a line with the name of its column. */
function cellHtml(column: string, cell: string): string {
  return `<td data-column="${escapeHtml(column)}"${stateClass(cell)}>${escapeHtml(cell)}</td>`;
}

function tableHtml({ caption, columns, rows, empty }: StatusTable): string {
  if (rows.length === 0) return `<h2>${escapeHtml(caption)}</h2>\n<p>${escapeHtml(empty)}</p>`;
  const head = columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join("");
  const body = rows.map(
    (row) => `<tr>${row.map((cell, index) => cellHtml(columns[index] ?? "", cell)).join("")}</tr>`,
  );
  return `<h2>${escapeHtml(caption)}</h2>
<table>
<thead><tr>${head}</tr></thead>
<tbody>
${body.join("\n")}
</tbody>
</table>`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes the special characters of HTML. Every text of the page passes here. */
function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
