/**
 * One plot: one row per figure, the ratio of each round as a dot and their median as a bar, "must" and "aim" as lines. SVG
 * text that is readable on a light and on a dark background. Used by `docs.ts`.
 */
import type { Result } from "./result.ts";
import { holds } from "./result.ts";

const WIDTH = 760;
const LABEL = 330;
const RIGHT = 70;
const ROW = 34;
const TOP = 34;
const BOTTOM = 30;
const COLOUR = {
  good: "#2f7d4f",
  missed: "#b3412e",
  line: "#8a8f98",
  text: "#6b7280",
  aim: "#2f6fb3",
} as const;

/** The plot of these results; every one has rounds. `title` and `axis` (what a bar measures) stand above and below. */
export function svgBars(title: string, axis: string, results: readonly Result[]): string {
  const height = TOP + results.length * ROW + BOTTOM;
  const most =
    Math.max(...results.flatMap(({ rounds, must, aim }) => [...rounds, must.value, aim.value])) * 1.06;
  const x = (value: number): number =>
    round(LABEL + (Math.min(value, most) / most) * (WIDTH - LABEL - RIGHT));
  const rows = results.map((result, at) => row(result, TOP + at * ROW, x));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${String(WIDTH)} ${String(height)}" role="img" aria-label="${escape(title)}" font-family="system-ui, sans-serif" font-size="13">`,
    text(8, 20, title, `font-weight="600" fill="${COLOUR.text}"`),
    `<line x1="${String(LABEL)}" y1="${String(TOP)}" x2="${String(LABEL)}" y2="${String(height - BOTTOM)}" stroke="${COLOUR.line}"/>`,
    ...rows,
    text(
      8,
      height - 10,
      `${axis}; bar: median, dots: rounds, solid line: must, dashed line: aim`,
      `font-size="11" fill="${COLOUR.text}"`,
    ),
    "</svg>\n",
  ].join("\n");
}

function row(result: Result, top: number, x: (value: number) => number): string {
  const { must, aim, measured, rounds } = result;
  const middle = top + ROW / 2;
  const colour = holds(must, measured) ? COLOUR.good : COLOUR.missed;
  const bar = `<rect x="${String(LABEL)}" y="${String(middle - 7)}" width="${String(round(x(measured) - LABEL))}" height="14" fill="${colour}" fill-opacity="0.75"/>`;
  const dots = rounds.map(
    (one) => `<circle cx="${String(x(one))}" cy="${String(middle)}" r="2" fill="${COLOUR.line}"/>`,
  );
  return [
    text(LABEL - 8, middle + 4, result.title, `text-anchor="end" fill="${COLOUR.text}"`),
    bar,
    ...dots,
    mark(must.value, x, middle, `stroke="${COLOUR.missed}" stroke-width="2"`),
    mark(aim.value, x, middle, `stroke="${COLOUR.aim}" stroke-width="2" stroke-dasharray="3 2"`),
    text(WIDTH - RIGHT + 8, middle + 4, shown(measured), `fill="${colour}" font-weight="600"`),
  ].join("");
}

function mark(value: number, x: (value: number) => number, middle: number, style: string): string {
  if (value === 0) return "";
  return `<line x1="${String(x(value))}" y1="${String(middle - 13)}" x2="${String(x(value))}" y2="${String(middle + 13)}" ${style}/>`;
}

function text(x: number, y: number, content: string, style: string): string {
  return `<text x="${String(x)}" y="${String(y)}" ${style}>${escape(content)}</text>`;
}

function shown(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
