/**
 * The diagrams of docs/architecture.md: the state machine of the reflector and the imports. The rest of the page is written
 * by hand.
 */
import { betweenMarkers } from "./between-markers.ts";
import { importGraph } from "./import-graph.ts";
import { transitionDiagram } from "./transition-diagram.ts";

/** The page with the diagrams of today. */
export function architecturePage(now: string): string {
  const withStates = betweenMarkers(now, "transitions", mermaid(transitionDiagram()));
  return betweenMarkers(withStates, "imports", mermaid(importGraph()));
}

function mermaid(text: string): string {
  return `\`\`\`mermaid\n${text.trimEnd()}\n\`\`\``;
}
