/** Watch: checks the request, then opens a stream of the consumer's hub (watch/watch-hub.ts describes the rest). */
import { PodkeyError } from "../../core/errors/errors.ts";
import type { WatchRequest } from "../codec/requests.ts";
import { durationMs } from "../codec/wire-duration.ts";
import type { WireDuration } from "../codec/wire-duration.ts";
import type { HeldRequest } from "../consumer/held-requests.ts";
import { filterSizeBytes, readFilter } from "../request/filter.ts";
import type { Filter } from "../request/filter.ts";
import type { OpenStream, StreamingCall } from "../call/streaming.ts";
import type { ReadRequest } from "../request/request-decoder.ts";
import { requireRead } from "../request/request-decoder.ts";
import { openResumeToken } from "../watch/resume-token.ts";

/** The call of a Watch with its decoded request. */
export interface WatchCall extends StreamingCall {
  readonly request: ReadRequest<WatchRequest>;
}

/** What Watches with equal filters share. */
interface Shared extends Pick<WatchRequest, "names" | "types" | "labelSelector"> {
  readonly filter: Filter;
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
  let held: HeldRequest<Shared>;
  try {
    held = served.holdRequest({
      id: `watch ${filter.fingerprint.toString("latin1")}`,
      value: { filter, names: request.names, types: request.types, labelSelector: request.labelSelector },
      sizeBytes: filterSizeBytes(request),
      evict: stream.end,
    });
  } catch (thrown) {
    served.leaveStream();
    throw thrown;
  }
  // The request is audited at the end of the call, and until then holds nothing of its own.
  const { filter: sharedFilter, ...sharedFields } = held.value;
  Object.assign(request, sharedFields, { resumeToken: "" });
  const watch = hub.open({
    filter: sharedFilter,
    start,
    heartbeatMs,
    send: stream.send,
    end: stream.end,
    cut: stream.cut,
    fail: stream.fail,
  });
  return () => {
    hub.remove(watch);
    held.release();
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
