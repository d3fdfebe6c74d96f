/**
 * The import graph in docs/architecture.md, drawn from the output of dependency-cruiser; the rest of the page is written
 * by hand.
 */
import { betweenMarkers } from "./between-markers.ts";
import { importGraph } from "./import-graph.ts";

/** The page with the current graph. */
export function architecturePage(now: string): string {
  return betweenMarkers(now, "imports", `\`\`\`mermaid\n${importGraph()}\`\`\``);
}
