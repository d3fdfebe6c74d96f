/**
 * WATCH of the fake API server: WatchList with its end marker, legacy starts with and without state, resume from a
 * version in the window, too old and future versions, bookmarks, the end at timeoutSeconds. Facts measured on 1.36.3.
 */
import type { Resource } from "./kube-object.ts";
import { readListOptions } from "./list-options.ts";
import type { ListOptions } from "./list-options.ts";
import { OpenWatch } from "./open-watch.ts";
import { parseSelection } from "./selection.ts";
import type { Selection } from "./selection.ts";
import type { ApiRequest, ServerContext } from "./server-context.ts";
import { tooOld, versionTooLarge } from "./status.ts";
import { watchEventOf } from "./watch-event.ts";
import { shapeOf } from "./wire-shape.ts";

/** Seconds before the deadline at which the real server sends one more bookmark. */
const LAST_BOOKMARK_SECONDS = 2;

/** Opens a watch and returns it; it lives on by itself. @throws ApiError for what is refused by HTTP. */
export function handleWatch(context: ServerContext, request: ApiRequest, resource: Resource): OpenWatch {
  const { record, responder, pass } = request;
  const { store } = context;
  const options = readListOptions(record.query, "watch", context.behaviour.watchList);
  const selection = parseSelection(record.namespace, record.query);
  const watch = new OpenWatch({
    record,
    responder,
    shape: shapeOf(resource, record.headers["accept"]),
    allowBookmarks: options.allowBookmarks,
    revision: () => store.revision,
    pass,
  });
  responder.open(200, { "content-type": "application/json" });
  if (startsWithError(context, options, watch)) return watch;
  sendStart(context, { options, selection, resource, watch });
  // Start and follow happen in one turn, so no change can fall between them.
  const stop = store.onChange((change) => {
    const event = change.resource === resource ? watchEventOf(change, selection) : undefined;
    // A client that resumed from a version of the future gets nothing until that version has passed.
    if (event !== undefined && change.revision > (startVersion(options) ?? 0)) watch.event(event);
  });
  watch.onClose(stop);
  keepTime(context, options, watch);
  return watch;
}

interface Start {
  readonly options: ListOptions;
  readonly selection: Selection;
  readonly resource: Resource;
  readonly watch: OpenWatch;
}

/** The version that a plain watch goes on from; undefined where it starts with the state. */
function startVersion(options: ListOptions): number | undefined {
  if (options.sendInitialEvents === true) return undefined;
  return options.resourceVersion === 0 ? undefined : options.resourceVersion;
}

function startsWithError(
  { store, behaviour }: ServerContext,
  options: ListOptions,
  watch: OpenWatch,
): boolean {
  const version = startVersion(options);
  if (version !== undefined && version < store.windowStart) {
    watch.error(tooOld(version, store.windowStart));
    return true;
  }
  const served = behaviour.laggingAt ?? store.revision;
  const wanted = options.sendInitialEvents === true ? (options.resourceVersion ?? 0) : 0;
  if (wanted <= served) return false;
  const timer = setTimeout(() => {
    watch.error(versionTooLarge(wanted, served));
  }, behaviour.freshnessWaitMs);
  watch.onClose(() => {
    clearTimeout(timer);
  });
  return true;
}

function sendStart(
  { store, behaviour }: ServerContext,
  { options, selection, resource, watch }: Start,
): void {
  const version = startVersion(options);
  if (version !== undefined) {
    for (const change of store.changesSince(resource, version) ?? []) {
      const event = watchEventOf(change, selection);
      if (event !== undefined) watch.event(event);
    }
    return;
  }
  // `sendInitialEvents=false` without a version: only what changes from now on.
  if (options.sendInitialEvents === false) return;
  for (const object of store.list(resource)) {
    if (selection.matches(object)) watch.event({ type: "ADDED", object });
  }
  // With the gate on, a legacy watch from nowhere gets the marker too, once it allows bookmarks (measured).
  if (behaviour.watchList === "on") watch.bookmark(true);
}

function keepTime({ behaviour }: ServerContext, options: ListOptions, watch: OpenWatch): void {
  const { secondMs, minRequestTimeoutSeconds, bookmarkIntervalMs } = behaviour;
  const seconds = options.timeoutSeconds ?? minRequestTimeoutSeconds * (1 + Math.random());
  const timers = [
    setInterval(() => {
      watch.bookmark();
    }, bookmarkIntervalMs),
    setTimeout(() => {
      watch.end();
    }, seconds * secondMs),
  ];
  if (seconds > LAST_BOOKMARK_SECONDS + 1) {
    const lastBookmark = (): void => {
      watch.bookmark();
    };
    timers.push(setTimeout(lastBookmark, (seconds - LAST_BOOKMARK_SECONDS) * secondMs));
  }
  watch.onClose(() => {
    timers.forEach(clearTimeout);
  });
}
