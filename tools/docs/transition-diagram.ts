/** The state machine of the reflector as mermaid, from the table that its unit test plays. */
import { inputText, STATES, TRANSITIONS } from "../../test/support/sync/transition-table.ts";

/** Phases and the inputs that lead from one to another; a phase that stays is left out. */
export function transitionDiagram(): string {
  const edges = new Map<string, Set<string>>();
  for (const { from, input, to } of TRANSITIONS) {
    const { kind } = STATES[from].phase;
    if (kind === to) continue;
    const edge = `${kind} --> ${to}`;
    edges.set(edge, (edges.get(edge) ?? new Set()).add(labelOf(from, kind, inputText(input))));
  }
  const lines = [...edges].map(([edge, labels]) => `  ${edge}: ${[...labels].join(", ")}`);
  return ["stateDiagram-v2", "  [*] --> starting", ...lines].join("\n");
}

/** The input; with the state that the row starts from where that is a special case of its phase. */
function labelOf(from: string, phase: string, input: string): string {
  return from === phase ? input : `${input} (${from})`;
}
