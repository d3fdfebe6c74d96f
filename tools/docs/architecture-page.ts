/**
 * The picture of imports in docs/architecture.md, drawn from what dependency-cruiser sees; the rest of the page is written
 * by hand.
 */
import { betweenMarkers } from "./between-markers.ts";
import { importGraph } from "./import-graph.ts";

/** The page with the picture of today. */
export function architecturePage(now: string): string {
  return betweenMarkers(now, "imports", `\`\`\`mermaid\n${importGraph()}\`\`\``);
}
