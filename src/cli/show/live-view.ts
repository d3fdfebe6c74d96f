/**
 * The text of a watch on a terminal: the table with recent changes marked, then the state of source and connection. Pure;
 * watch-live.ts draws it at each update and each second.
 */
import type { Credential, CredentialMap, WatchState } from "../../client/index.ts";
import { watchKey } from "../../client/index.ts";
import { fittingColumns } from "../output/columns.ts";
import { freshnessWords, stateLine } from "./freshness-line.ts";
import { LIST_HEADER, listRow, problemLines } from "./list-table.ts";
import { humanDuration } from "../output/moment.ts";
import type { Paint } from "../output/paint.ts";
import { plain } from "../output/paint.ts";
import type { WatchEvent } from "./watch-events.ts";

/** How long a change is marked. */
const RECENT_MS = 10_000;

/** Lines that are not rows: header, state, connection, the count of hidden rows, and the cursor's line. */
const FRAME_LINES = 5;

/** The columns that a narrow terminal leaves out, first to last. */
const DISPENSABLE = ["TYPE", "REVISION", "KEYS", "SIZE", "AGE", "NAMESPACE", "CHANGED"];

/** Problems that are explained below the table; `podkey list` has all of them. */
const SHOWN_PROBLEMS = 5;

type Change = "added" | "changed" | "removed";

/** The state behind the text. */
export interface LiveView {
  readonly state: WatchState | undefined;
  readonly recent: ReadonlyMap<
    string,
    { readonly change: Change; readonly atMs: number; readonly last: Credential }
  >;
  /** When the last message came: the age in it has grown since. */
  readonly receivedAtMs: number;
  /** What interrupted the stream; undefined while it is open. */
  readonly trouble: string | undefined;
}

/** Before the first event. */
export const EMPTY_VIEW: LiveView = {
  state: undefined,
  recent: new Map(),
  receivedAtMs: 0,
  trouble: undefined,
};

/** The view after the events of one update. Nothing in the first state is marked. */
export function viewAfter(
  view: LiveView,
  events: readonly WatchEvent[],
  state: WatchState | undefined,
  nowMs: number,
): LiveView {
  const interrupted = events.find((event) => event.kind === "INTERRUPTED");
  if (interrupted !== undefined) return { ...view, trouble: interrupted.message };
  const recent = new Map([...view.recent].filter(([, { atMs }]) => nowMs - atMs < RECENT_MS));
  if (view.state?.isSynced === true) {
    for (const event of events) mark(recent, event, view.state.credentials, nowMs);
  }
  if (state === undefined) return { ...view, recent };
  return { state, recent, receivedAtMs: nowMs, trouble: undefined };
}

type Recent = Map<string, { readonly change: Change; readonly atMs: number; readonly last: Credential }>;

function mark(recent: Recent, event: WatchEvent, before: CredentialMap, atMs: number): void {
  if (event.kind === "DELETED") {
    const last = before.get(watchKey(event.removed));
    if (last !== undefined) recent.set(watchKey(last), { change: "removed", atMs, last });
  } else if (event.kind === "ADDED" || event.kind === "MODIFIED") {
    const change = event.kind === "ADDED" ? "added" : "changed";
    recent.set(watchKey(event.credential), { change, atMs, last: event.credential });
  }
}

/** The terminal and the time of drawing. */
export interface Screen {
  readonly nowMs: number;
  readonly paint: Paint;
  /** Lines and characters of the terminal. */
  readonly rows: number;
  readonly columns: number;
}

const SIGNS: Readonly<Record<Change, string>> = { added: "+", changed: "~", removed: "-" };

/** The whole text, without a line break at its end. */
export function drawLiveView(view: LiveView, screen: Screen): string {
  const { paint } = screen;
  const footer =
    view.trouble === undefined
      ? paint("dim", "watching; Ctrl-C ends")
      : paint("bad", `not connected: ${view.trouble}; retrying`);
  if (view.state?.isSynced !== true) return `waiting for podkey's first sync\n${footer}`;
  const { credentials } = view.state;
  const problems = problemLines([...credentials.values()], paint).slice(0, SHOWN_PROBLEMS);
  const lines = tableLines(view, credentials, screen, problems.length);
  return [...lines, ...problems, currentStateLine(view, view.state, screen), footer].join("\n");
}

/** The last freshness, aged by the time since; without a connection only when it was received. */
function currentStateLine(
  view: LiveView,
  { credentials, revision, freshness }: WatchState,
  screen: Screen,
): string {
  const sinceMs = screen.nowMs - view.receivedAtMs;
  if (view.trouble !== undefined)
    return `${stateLine(credentials.size, revision)}, ${screen.paint("warn", `received ${humanDuration(sinceMs)} ago`)}`;
  const words = freshness === undefined ? "" : `, ${freshnessWords(freshness, screen.paint, sinceMs)}`;
  return `${stateLine(credentials.size, revision)}${words}`;
}

function tableLines(
  view: LiveView,
  credentials: CredentialMap,
  screen: Screen,
  otherLines: number,
): readonly string[] {
  const isRecent = (key: string): boolean =>
    screen.nowMs - (view.recent.get(key)?.atMs ?? -Infinity) < RECENT_MS;
  const shown = new Map(credentials);
  for (const [key, { change, last }] of view.recent)
    if (change === "removed" && isRecent(key)) shown.set(key, last);
  const keys = [...shown.keys()].sort();
  const room = Math.max(3, screen.rows - FRAME_LINES - otherLines);
  // If not all fit, recent changes come first.
  const chosen =
    keys.length <= room
      ? keys
      : [...keys].sort((a, b) => Number(isRecent(b)) - Number(isRecent(a))).slice(0, room);
  const rows = chosen.sort().flatMap((key) => {
    const credential = shown.get(key);
    return credential === undefined
      ? []
      : [row(credential, isRecent(key) ? view.recent.get(key)?.change : undefined, screen)];
  });
  const hidden = keys.length - chosen.length;
  const table = fittingColumns(["", ...LIST_HEADER], rows, screen.columns, DISPENSABLE).split("\n");
  return hidden === 0
    ? table
    : [...table, screen.paint("dim", `and ${hidden} more; see them with \`podkey list\``)];
}

function row(
  credential: Credential,
  change: Change | undefined,
  { nowMs, paint }: Screen,
): readonly string[] {
  if (change === undefined) return ["", ...listRow(credential, nowMs, paint)];
  const tone = change === "removed" ? "dim" : "new";
  return [SIGNS[change], ...listRow(credential, nowMs, plain)].map((cell) => paint(tone, cell));
}
