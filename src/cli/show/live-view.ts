/**
 * The picture of a watch on a terminal, as text: the table with recent changes marked, then the state of source and
 * connection. Pure; `watch-live.ts` draws it again at each update and each second.
 */
import type { Credential, CredentialMap, WatchState } from "../../client/index.ts";
import { watchKey } from "../../client/index.ts";
import { fittingColumns } from "../output/fitting-columns.ts";
import { freshnessWords, stateLine } from "./freshness-line.ts";
import { LIST_HEADER, listRow, problemLines } from "./list-table.ts";
import { humanDuration } from "../output/moment.ts";
import type { Paint } from "../output/paint.ts";
import { plain } from "../output/paint.ts";
import type { WatchEvent } from "./watch-events.ts";

/** How long a change stays marked. */
const RECENT_MS = 10_000;

/** Lines that are not rows: header, state, connection, the line for what does not fit, and the cursor's. */
const FRAME_LINES = 5;

/** Problems that are explained below the table; all of them are in `list`. */
const SHOWN_PROBLEMS = 5;

type Change = "added" | "changed" | "removed";

/** What the picture is made of. */
export interface LiveView {
  readonly state: WatchState | undefined;
  readonly recent: ReadonlyMap<
    string,
    { readonly change: Change; readonly atMs: number; readonly last: Credential }
  >;
  /** When podkey was heard last: what it said of its age has grown since. */
  readonly heardAtMs: number;
  /** What interrupted the stream; undefined while it lives. */
  readonly trouble: string | undefined;
}

/** Before the first event. */
export const EMPTY_VIEW: LiveView = { state: undefined, recent: new Map(), heardAtMs: 0, trouble: undefined };

/** Takes in the events of one update. The first state of all is nothing new. */
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
  return { state, recent, heardAtMs: nowMs, trouble: undefined };
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

/** What the terminal is like. */
export interface Screen {
  readonly nowMs: number;
  readonly paint: Paint;
  /** Lines and characters of the terminal. */
  readonly rows: number;
  readonly columns: number;
}

const SIGNS: Readonly<Record<Change, string>> = { added: "+", changed: "~", removed: "-" };

/** The whole picture, without a line break at its end. */
export function drawLiveView(view: LiveView, screen: Screen): string {
  const { paint } = screen;
  const footer =
    view.trouble === undefined
      ? paint("dim", "watching; Ctrl-C ends")
      : paint("bad", `not connected: ${view.trouble}; trying again`);
  if (view.state?.isSynced !== true) return `waiting for podkey's first sync\n${footer}`;
  const { credentials } = view.state;
  const problems = problemLines([...credentials.values()], paint).slice(0, SHOWN_PROBLEMS);
  const lines = tableLines(view, credentials, screen, problems.length);
  return [...lines, ...problems, currentStateLine(view, view.state, screen), footer].join("\n");
}

/** What podkey said last, older by the time since; without a connection it says nothing of now. */
function currentStateLine(
  view: LiveView,
  { credentials, revision, freshness }: WatchState,
  screen: Screen,
): string {
  const sinceMs = screen.nowMs - view.heardAtMs;
  if (view.trouble !== undefined)
    return `${stateLine(credentials.size, revision)}, ${screen.paint("warn", `as seen ${humanDuration(sinceMs)} ago`)}`;
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
  // Where not all fit, what has just changed is what one wants to see.
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
  const table = fittingColumns(["", ...LIST_HEADER], rows, screen.columns).split("\n");
  return hidden === 0
    ? table
    : [...table, screen.paint("dim", `and ${hidden} more, which \`podkey list\` shows`)];
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
