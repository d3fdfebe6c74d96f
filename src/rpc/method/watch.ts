/** Watch: checks the request, then opens a stream of the consumer's hub (watch/watch-hub.ts describes the rest). */
import { PodkeyError } from "../../core/errors/errors.ts";
import type { WatchRequest } from "../codec/requests.ts";
import { durationMs } from "../codec/wire-duration.ts";
import type { WireDuration } from "../codec/wire-duration.ts";
import { readFilter } from "../request/filter.ts";
import type { OpenStream, StreamingCall } from "../call/streaming.ts";
import type { ReadRequest } from "../request/request-decoder.ts";
import { requireRead } from "../request/request-decoder.ts";
import { openResumeToken } from "../watch/resume-token.ts";

/** The call of a Watch with its decoded request. */
export interface WatchCall extends StreamingCall {
  readonly request: ReadRequest<WatchRequest>;
}

/** Bounds and default of `heartbeat_interval`. */
export const HEARTBEAT_MS = { min: 1000, default: 30_000, max: 300_000 } as const;

/**
 * Opens a Watch; returns the clean-up for the end of the call.
 * @throws PodkeyError as listed at the method in the proto file.
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
      `This Watch cannot be resumed (${start.reason}); watch again without \`resume_token\` and apply the reset.`,
      { metadata: { reason: start.reason } },
    );
  served.enterStream();
  const watch = hub.open({
    filter,
    start,
    heartbeatMs,
    send: stream.send,
    end: stream.end,
    cut: stream.cut,
    fail: stream.fail,
  });
  return () => {
    hub.remove(watch);
    served.leaveStream();
  };
}

function heartbeatOf(interval: WireDuration | undefined): number {
  if (interval === undefined) return HEARTBEAT_MS.default;
  const ms = durationMs(interval, "heartbeat_interval");
  if (ms < 0)
    throw new PodkeyError("BAD_DURATION", "`heartbeat_interval` is negative; leave it unset for 30 s.", {
      field: "heartbeat_interval",
    });
  return Math.min(Math.max(ms, HEARTBEAT_MS.min), HEARTBEAT_MS.max);
}
