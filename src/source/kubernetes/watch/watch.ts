/**
 * One watch of one scope: a request whose response is a stream of lines for minutes. Called by upstream.ts; the
 * reflector decides when to open the next. A line that is not an event of the watch protocol ends the watch with an
 * error; none is skipped.
 */
import type { Observable } from "rxjs";
import { EMPTY, concat, defer, mergeMap, of } from "rxjs";
import type { WatchRequest, WatchSignal } from "../../../sync/port/source.ts";
import { SyncError } from "../../../sync/port/sync-error.ts";
import type { AnswerPart } from "../api/api-request.ts";
import type { Asked } from "../failure/classify-error.ts";
import type { LineSplitter } from "../api/lines.ts";
import { createLineSplitter } from "../api/lines.ts";
import { parseJson } from "../failure/parse-json.ts";
import { describeScope } from "./scope-plan.ts";
import type { ScopeRequestDeps } from "./scope-request.ts";
import { scopeGet } from "./scope-request.ts";
import { readWatchEvent } from "./watch-event.ts";

/** Completes at a clean end of the stream, else errors with SyncError. */
export function watchScope(deps: ScopeRequestDeps, request: WatchRequest): Observable<WatchSignal> {
  const asked: Asked = {
    what: `watch ${describeScope(deps.plan.scope)}`,
    initialEvents: request.initialEvents,
  };
  return defer(() => {
    const splitter = createLineSplitter(deps.parameters.maxLineBytes);
    const answer = scopeGet(
      deps,
      {
        verb: "watch",
        accept: "application/json",
        long: true,
        shortTimeout: request.shortTimeout === true,
        asked,
      },
      query(request),
    );
    return concat(
      answer.pipe(mergeMap((part) => readPart(deps, part, splitter, asked))),
      defer(() => {
        if (splitter.pendingBytes() === 0) return EMPTY;
        throw new SyncError("malformed", `The response to "${asked.what}" ended inside a line.`);
      }),
    );
  });
}

/** KEP-3157: without `allowWatchBookmarks` no bookmark ends the initial events (measured on 1.36). */
function query({
  resourceVersion,
  initialEvents,
  timeoutSeconds,
}: WatchRequest): Readonly<Record<string, string>> {
  const parameters = {
    watch: "true",
    allowWatchBookmarks: "true",
    timeoutSeconds: String(timeoutSeconds),
    resourceVersion,
  };
  return initialEvents
    ? { ...parameters, sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan" }
    : parameters;
}

function readPart(
  deps: ScopeRequestDeps,
  part: AnswerPart,
  splitter: LineSplitter,
  asked: Asked,
): Observable<WatchSignal> | Iterable<WatchSignal> {
  switch (part.kind) {
    case "head":
      return of({ kind: "open" });
    case "going-away":
      return of({ kind: "going-away" });
    case "data":
      return readLines(deps, splitter.push(part.chunk), asked);
  }
}

/** Lazy: the events before a malformed line are emitted, then it throws. */
function* readLines(
  deps: ScopeRequestDeps,
  lines: Iterable<Buffer>,
  asked: Asked,
): Generator<WatchSignal, void, undefined> {
  for (const line of lines) yield readWatchEvent(deps, parseJson(line, "a watch event"), asked);
}
