/** Tells a connection's conduct what becomes of one of its calls, whichever way serves it. */
import type { ServerHttp2Stream } from "node:http2";
import type { Conduct } from "../consumer/flood-guard.ts";

/**
 * Follows a call to its end. Returns what to call once it has asked. Errors of the stream end here: its end is told by
 * `close`, and an `error` without a listener would end the process.
 */
export function judge(stream: ServerHttp2Stream, conduct: Conduct, creditBytes: number): () => void {
  let isHalfOpen = true;
  const asked = (): void => {
    if (isHalfOpen) conduct.asked();
    isHalfOpen = false;
  };
  stream.on("error", () => undefined);
  stream.once("aborted", () => conduct.aborted());
  stream.once("close", asked);
  conduct.opened(creditBytes);
  return asked;
}
