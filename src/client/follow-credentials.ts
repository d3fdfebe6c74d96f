/**
 * A Watch that does not end: folds the messages into states, reconnects with backoff, resumes by token, and fails only if
 * no retry can help. Used by `podkey watch` and exported as `podkey/client`. Yields every change exactly once, however
 * often the connection breaks.
 */
import type { WatchRequest } from "./generated/podkey/v1/WatchRequest.ts";
import type { WatchResponse__Output as WatchResponse } from "./generated/podkey/v1/WatchResponse.ts";
import type { CredentialClient } from "./credential-client.ts";
import { RpcFailure, toRpcFailure } from "./rpc-failure.ts";
import type { WatchedChange, WatchState, WatchStep } from "./watch-fold.ts";
import { foldWatch, dropIncomplete, UNSYNCED } from "./watch-fold.ts";

/** An item of the iteration. */
export type WatchUpdate =
  /**
   * The state is complete; `change` is the difference from the state before. `isResumed`: podkey resumed from the token, so
   * that the changes of the time between came as a change before this.
   */
  | {
      readonly kind: "synced";
      readonly state: WatchState;
      readonly change: WatchedChange;
      readonly isResumed: boolean;
    }
  | { readonly kind: "change"; readonly state: WatchState; readonly change: WatchedChange }
  /** Only freshness is new (and, before the first sync, the stream is open). */
  | { readonly kind: "heartbeat"; readonly state: WatchState }
  /** The stream broke; the state is kept, and the next attempt follows after `retryInMs`. */
  | { readonly kind: "interrupted"; readonly failure: RpcFailure; readonly retryInMs: number };

/** Options of `followCredentials()`. */
export interface FollowOptions {
  /** Ends the iteration, without an error. */
  readonly signal: AbortSignal;
  /** Whether a failure before the first message is thrown instead of retried. Default false. */
  readonly failFast?: boolean;
  /** Starts a one-shot timer and returns a function that cancels it; default: setTimeout. */
  readonly after?: (delayMs: number, task: () => void) => () => void;
  /** A number between 0 and 1; default: Math.random. */
  readonly random?: () => number;
}

const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 10_000;

/** The server's interval if the request has none. */
const DEFAULT_HEARTBEAT_MS = 30_000;

/** A stream that is silent for two heartbeats and this time is dead, even if the transport reports no error. */
const SILENCE_GRACE_MS = 10_000;

/** Codes after which a retry can help. CANCELLED and UNKNOWN come from proxies and restarts. */
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

/** Follows the credentials that the request selects. @throws RpcFailure if no retry can help. */
export async function* followCredentials(
  client: Pick<CredentialClient, "watch">,
  request: WatchRequest,
  { signal, failFast = false, after = realAfter, random = Math.random }: FollowOptions,
): AsyncGenerator<WatchUpdate, void, undefined> {
  let state = UNSYNCED;
  let hasReceived = false;
  for (let attempt = 0; !signal.aborted; attempt++) {
    let failure = new RpcFailure("podkey ended the stream", { code: "UNAVAILABLE" });
    try {
      const resuming = { ...request, resumeToken: state.resumeToken };
      for await (const message of guarded(client, resuming, signal, after)) {
        hasReceived = true;
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
    // Narrowed to false by the loop condition, but it may have been aborted since.
    if (signal.aborted as boolean) return;
    if (failure.reason === "BAD_RESUME_TOKEN" && state.resumeToken !== "")
      state = { ...state, resumeToken: "" };
    else if (!RETRIED.has(failure.code) || (failFast && !hasReceived)) throw failure;
    state = dropIncomplete(state);
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

/** The stream, ended with UNAVAILABLE if it is silent for too long. */
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
    throw new RpcFailure(message, { code: "UNAVAILABLE" });
  } finally {
    disarm();
  }
}

function heartbeatMs({ heartbeatInterval }: WatchRequest): number {
  if (heartbeatInterval === undefined || heartbeatInterval === null) return DEFAULT_HEARTBEAT_MS;
  return Number(heartbeatInterval.seconds ?? 0) * 1000 + (heartbeatInterval.nanos ?? 0) / 1e6;
}

/** Exponential with 50 % jitter, so that many clients do not reconnect to a restarted podkey at the same moment. */
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
