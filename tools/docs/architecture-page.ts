/**
 * The picture of imports in docs/architecture.md, drawn from what dependency-cruiser sees, between two markers; the rest
 * of the page is written by hand.
 */
import { importGraph } from "./import-graph.ts";

const BEGIN = "<!-- imports: begin (npm run docs) -->";
const END = "<!-- imports: end -->";

/** The page with the picture of today. */
export function architecturePage(now: string): string {
  const begin = now.indexOf(BEGIN);
  const end = now.indexOf(END);
  if (begin === -1 || end < begin)
    throw new Error(`docs/architecture.md has lost its markers ${BEGIN} and ${END}`);
  return `${now.slice(0, begin + BEGIN.length)}\n\n\`\`\`mermaid\n${importGraph()}\`\`\`\n\n${now.slice(end)}`;
}
