/**
 * The state of a whole answer in words: how fresh it is, and why not. Printed below every table and in the live view.
 */
import type { Freshness, Revision } from "../../client/index.ts";
import { humanDuration, toMs } from "../output/moment.ts";
import type { Paint } from "../output/paint.ts";

/** The meaning of a stale reason; an unknown one, of a later version, is printed as it is. */
const MEANINGS: Readonly<Record<string, string>> = {
  STARTING: "the source has not been listed yet",
  UNREACHABLE: "the API server cannot be reached",
  DEAD_CONNECTION: "the connection to the API server is dead",
  SILENT: "the source sends nothing",
  THROTTLED: "the API server throttles podkey",
  FORBIDDEN: "podkey may not list Secrets here",
  UNAUTHORIZED: "the API server refuses podkey's token",
  LIMIT: "the source holds more than --max-credentials or --max-bytes",
  SOURCE_ERROR: "the source answers with errors",
  CONFIGURATION: "the source is configured wrongly",
};

/** `fresh, as of 4s ago` or `STALE, as of 3m ago: the API server cannot be reached (UNREACHABLE)`. */
export function freshnessWords(
  freshness: Freshness | null | undefined,
  paint: Paint,
  sinceAnswerMs = 0,
): string {
  if (freshness === null || freshness === undefined) return paint("warn", "freshness unknown");
  const asOf =
    toMs(freshness.asOf) === undefined ? "never synced" : `as of ${ago(freshness, sinceAnswerMs)} ago`;
  if (freshness.state === "STATE_FRESH") return `${paint("good", "fresh")}, ${asOf}`;
  const meaning = MEANINGS[freshness.reason];
  const why = meaning === undefined ? freshness.reason : `${meaning} (${freshness.reason})`;
  return `${paint("bad", "STALE")}, ${asOf}${why === "" ? "" : `: ${why}`}`;
}

/** Uses the age, which is from a monotonic clock: `asOf` compared with the local wall clock may be an hour off. */
function ago({ age }: Freshness, sinceAnswerMs: number): string {
  return humanDuration((toMs(age) ?? 0) + sinceAnswerMs);
}

/** `12 credentials, revision 7`. */
export function stateLine(count: number, revision: Revision | null | undefined): string {
  const counted = count === 1 ? "1 credential" : `${count} credentials`;
  return revision === null || revision === undefined ? counted : `${counted}, revision ${revision.number}`;
}
