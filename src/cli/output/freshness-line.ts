/**
 * What the command line says of the state of the answer as a whole: how fresh it is, and why not. Stands below every
 * table and in the live view.
 */
import type { Freshness, Revision } from "../../client/index.ts";
import { humanDuration, toMs } from "./moment.ts";
import type { Paint } from "./paint.ts";

/** What to do about a reason of staleness; others are named as they came. */
const REMEDIES: Readonly<Record<string, string>> = {
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

/** `fresh, as of 4s ago` or `STALE for 3m: the API server cannot be reached (UNREACHABLE)`. */
export function freshnessWords(freshness: Freshness | null | undefined, paint: Paint): string {
  if (freshness === null || freshness === undefined) return paint("warn", "freshness unknown");
  const ageMs = toMs(freshness.age);
  if (freshness.state === "STATE_FRESH")
    return `${paint("good", "fresh")}, as of ${humanDuration(ageMs ?? 0)} ago`;
  const since =
    toMs(freshness.asOf) === undefined ? "never synced" : `as of ${humanDuration(ageMs ?? 0)} ago`;
  const remedy = REMEDIES[freshness.reason];
  const why = remedy === undefined ? freshness.reason : `${remedy} (${freshness.reason})`;
  return `${paint("bad", "STALE")}, ${since}${why === "" ? "" : `: ${why}`}`;
}

/** `12 credentials, revision 7, fresh, as of 4s ago`. */
export function stateLine(
  count: number,
  revision: Revision | null | undefined,
  freshness: Freshness | null | undefined,
  paint: Paint,
): string {
  const counted = count === 1 ? "1 credential" : `${count} credentials`;
  const number = revision === null || revision === undefined ? "" : `revision ${revision.number}, `;
  return `${counted}, ${number}${freshnessWords(freshness, paint)}`;
}
