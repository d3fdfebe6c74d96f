/**
 * docs/events.md: every log event, by area.
 */
import { EVENTS } from "../../src/log/events.ts";
import type { EventFacts } from "../../src/log/events.ts";
import { code, generatedHead, table } from "./markdown.ts";

const INTRO = `podkey writes one JSON object per line to stdout (\`--log-format pretty\` is for people). \`event\` is one of the names below and is
stable; \`msg\` is its constant text. Fields contain names, numbers and states, never a value of a Secret.

`;

/** The page. */
export function eventsPage(): string {
  const rows = Object.entries<EventFacts>(EVENTS)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { level, message, todo }]) => [code(name), level, message, todo]);
  return (
    generatedHead("Log events", "src/log/events.ts") +
    INTRO +
    table(["Event", "Level", "Says", "What to do"], rows)
  );
}
