/**
 * A Watch that does not end: folds the messages into states, reconnects with backoff, resumes by token, and gives up
 * only where no retry can help. Used by `podkey watch` and exported as `podkey/client`. Keeps true that the consumer is
 * told of every change exactly once, however often the connection breaks.
 */
import type { WatchRequest } from "./generated/podkey/v1/WatchRequest.ts";
import type { WatchResponse__Output as WatchResponse } from "./generated/podkey/v1/WatchResponse.ts";
import type { CredentialClient } from "./credential-client.ts";
import { RpcFailure, toRpcFailure } from "./rpc-failure.ts";
import type { WatchedChange, WatchState, WatchStep } from "./watch-fold.ts";
import { foldWatch, forgetIncomplete, UNSYNCED } from "./watch-fold.ts";

/** What the consumer is told. */
export type WatchUpdate =
  /**
   * The state is complete, first or again; `change` is what differs from the state before. `isResumed`: podkey went on from
   * the token, so that what changed meanwhile came as a change before this.
   */
  | {
      readonly kind: "synced";
      readonly state: WatchState;
      readonly change: WatchedChange;
      readonly isResumed: boolean;
    }
  | { readonly kind: "change"; readonly state: WatchState; readonly change: WatchedChange }
  /** Nothing but freshness (and, before the first sync, the life of the stream). */
  | { readonly kind: "heartbeat"; readonly state: WatchState }
  /** The stream broke; the state stands, and a new attempt comes in `retryInMs`. */
  | { readonly kind: "interrupted"; readonly failure: RpcFailure; readonly retryInMs: number };

/** How to follow. */
export interface FollowOptions {
  /** Ends the iteration, without an error. */
  readonly signal: AbortSignal;
  /** Whether a failure before the first message is thrown instead of retried. Default false. */
  readonly failFast?: boolean;
  /** One-shot timers; default: the real ones. Returns the way to cancel. */
  readonly after?: (delayMs: number, task: () => void) => () => void;
  /** Between 0 and 1; default Math.random. */
  readonly random?: () => number;
}

const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 10_000;

/** The server's own interval when none is asked for. */
const DEFAULT_HEARTBEAT_MS = 30_000;

/** A stream that says nothing for two heartbeats and this long is dead, whatever the transport thinks. */
const SILENCE_GRACE_MS = 10_000;

/** Codes after which trying again can help. CANCELLED and UNKNOWN come from proxies and restarts. */
const RETRIED = new Set<string>([
  "UNAVAILABLE",
  "RESOURCE_EXHAUSTED",
  "ABORTED",
  "DEADLINE_EXCEEDED",
  "INTERNAL",
  "UNKNOWN",
  "CANCELLED",
  "DATA_LOSS",
]);

/** Follows what the request selects. @throws RpcFailure where no retry can help. */
export async function* followCredentials(
  client: Pick<CredentialClient, "watch">,
  request: WatchRequest,
  { signal, failFast = false, after = realAfter, random = Math.random }: FollowOptions,
): AsyncGenerator<WatchUpdate, void, undefined> {
  let state = UNSYNCED;
  let hasHeard = false;
  for (let attempt = 0; !signal.aborted; attempt++) {
    let failure = new RpcFailure("podkey ended the stream", {
      code: "UNAVAILABLE",
      reason: undefined,
      retryAfterMs: undefined,
    });
    try {
      for await (const message of guarded(
        client,
        { ...request, resumeToken: state.resumeToken },
        signal,
        after,
      )) {
        hasHeard = true;
        const isResumed = state.incoming === undefined;
        const step = foldWatch(state, message);
        state = step.state;
        const update = toUpdate(message, step, isResumed);
        if (update?.kind === "synced") attempt = 0;
        if (update !== undefined) yield update;
      }
    } catch (error) {
      failure = toRpcFailure(error);
    }
    // Aborted by the consumer; TypeScript cannot see that it changed meanwhile.
    if (signal.aborted as boolean) return;
    if (failure.reason === "BAD_RESUME_TOKEN" && state.resumeToken !== "")
      state = { ...state, resumeToken: "" };
    else if (!RETRIED.has(failure.code) || (failFast && !hasHeard)) throw failure;
    state = forgetIncomplete(state);
    const retryInMs = Math.max(failure.retryAfterMs ?? 0, backoffMs(attempt, random()));
    yield { kind: "interrupted", failure, retryInMs };
    await delay(retryInMs, signal, after);
  }
}

function toUpdate(
  { event }: WatchResponse,
  { state, change }: WatchStep,
  isResumed: boolean,
): WatchUpdate | undefined {
  if (event === "heartbeat") return { kind: "heartbeat", state };
  if (change === undefined) return undefined;
  if (event === "synced") return { kind: "synced", state, change, isResumed };
  return { kind: "change", state, change };
}

/** The stream, ended with UNAVAILABLE where it is silent for too long. */
async function* guarded(
  client: Pick<CredentialClient, "watch">,
  request: WatchRequest,
  signal: AbortSignal,
  after: NonNullable<FollowOptions["after"]>,
): AsyncGenerator<WatchResponse, void, undefined> {
  const silence = new AbortController();
  const limitMs = 2 * heartbeatMs(request) + SILENCE_GRACE_MS;
  const arm = (): (() => void) => after(limitMs, () => silence.abort());
  let disarm = arm();
  try {
    for await (const message of client.watch(request, {
      signal: AbortSignal.any([signal, silence.signal]),
    })) {
      disarm();
      yield message;
      disarm = arm();
    }
  } catch (error) {
    if (!silence.signal.aborted) throw error;
    const message = `podkey sent nothing for ${limitMs / 1000} s, not even a heartbeat`;
    throw new RpcFailure(message, { code: "UNAVAILABLE", reason: undefined, retryAfterMs: undefined });
  } finally {
    disarm();
  }
}

function heartbeatMs({ heartbeatInterval }: WatchRequest): number {
  if (heartbeatInterval === undefined || heartbeatInterval === null) return DEFAULT_HEARTBEAT_MS;
  return Number(heartbeatInterval.seconds ?? 0) * 1000 + (heartbeatInterval.nanos ?? 0) / 1e6;
}

/** Exponential with jitter of half, so that many clients of a restarted podkey do not come at once. */
function backoffMs(attempt: number, random: number): number {
  return Math.round(Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** attempt) * (0.5 + random / 2));
}

function delay(
  delayMs: number,
  signal: AbortSignal,
  after: NonNullable<FollowOptions["after"]>,
): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      cancel();
      signal.removeEventListener("abort", end);
      resolve();
    };
    const cancel = after(delayMs, end);
    signal.addEventListener("abort", end, { once: true });
    if (signal.aborted) end();
  });
}

function realAfter(delayMs: number, task: () => void): () => void {
  const timer = setTimeout(task, delayMs);
  return () => clearTimeout(timer);
}
