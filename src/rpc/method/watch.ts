/**
 * Watch: reads the request, then leaves the stream to the consumer's hub. Checks come before the first message; after it
 * only the hub or the client ends the call.
 */
import { PodkeyError } from "../../core/errors/errors.ts";
import type { WatchRequest } from "../codec/requests.ts";
import { durationMs } from "../codec/wire-duration.ts";
import type { WireDuration } from "../codec/wire-duration.ts";
import { readFilter } from "../request/filter.ts";
import type { OpenStream, StreamingCall } from "../call/streaming.ts";
import type { ReadRequest } from "../request/request-decoder.ts";
import { requireRead } from "../request/request-decoder.ts";
import { openResumeToken } from "../watch/resume-token.ts";

/** A Watch, on either way. */
export interface WatchCall extends StreamingCall {
  readonly request: ReadRequest<WatchRequest>;
}

/** Bounds and default of `heartbeat_interval`. */
export const HEARTBEAT_MS = { least: 1000, usual: 30_000, most: 300_000 } as const;

/**
 * Opens a Watch; returns what to do when its call is over.
 * @throws PodkeyError as the service's comment lists.
 */
export function openWatch(stream: OpenStream, call: WatchCall): () => void {
  const request = requireRead(call.request);
  const { served } = stream.connection;
  const { hub, view } = served;
  const filter = readFilter(request, view.policy, "full");
  const heartbeatMs = heartbeatOf(request.heartbeatInterval);
  const compactedBelow = view.current()?.compactedBelow ?? 0;
  const start = openResumeToken(served.seal, request.resumeToken, filter, compactedBelow);
  if (start.kind === "reset" && start.reason !== "INITIAL" && request.requireResume)
    throw new PodkeyError(
      "RESUME_NOT_POSSIBLE",
      `This Watch cannot be resumed (${start.reason}); watch again without resume_token and take the reset.`,
      { metadata: { reason: start.reason } },
    );
  served.enterStream();
  const watch = hub.open({
    filter,
    start,
    heartbeatMs,
    send: stream.send,
    end: stream.end,
    fail: stream.fail,
  });
  return () => {
    hub.remove(watch);
    served.leaveStream();
  };
}

function heartbeatOf(interval: WireDuration | undefined): number {
  if (interval === undefined) return HEARTBEAT_MS.usual;
  const ms = durationMs(interval, "heartbeat_interval");
  if (ms < 0)
    throw new PodkeyError("BAD_DURATION", "heartbeat_interval is negative; leave it unset for 30 s.", {
      field: "heartbeat_interval",
    });
  return Math.min(Math.max(ms, HEARTBEAT_MS.least), HEARTBEAT_MS.most);
}
