/**
 * The life of one HTTP/2 connection: after some silence a PING, and without an answer the connection is dead though
 * open (k/k#87615; a relay that swallows bytes but acknowledges TCP keeps such a connection for half an hour). Used by
 * http2-peer.ts. Any byte is an answer, also bytes that still wait in the socket when the event loop wakes up.
 */
import type { Clock, Timers } from "../../core/clock.ts";
import { afterSocketsAreRead } from "./silence.ts";

/** What a heartbeat needs of its connection. */
export interface HeartbeatDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly readIdleMs: number;
  readonly pingTimeoutMs: number;
  /** Bytes that the socket has read so far. */
  bytesRead(): number;
  /** Sends a PING and calls back when it is acknowledged. */
  ping(onAck: () => void): void;
  /** Silence was answered by silence. Called once. */
  onDead(): void;
}

/** A running heartbeat. */
export interface Heartbeat {
  /** Bytes came. */
  touch(): void;
  stop(): void;
}

/** Starts it. */
export function startHeartbeat(deps: HeartbeatDeps): Heartbeat {
  let lifeAtMs = deps.clock.nowMs();
  let pingAtMs: number | undefined;
  let bytes = deps.bytesRead();
  let stopped = false;
  let cancel = arm(deps.readIdleMs);

  function arm(delayMs: number): () => void {
    let isCancelled = false;
    const cancelTimer = deps.timers.after(delayMs, () => {
      // An answer may be read meanwhile and arm the next check; this one must not come on top of it.
      afterSocketsAreRead(() => {
        if (!isCancelled) check();
      });
    });
    return () => {
      isCancelled = true;
      cancelTimer();
    };
  }

  function touch(): void {
    lifeAtMs = deps.clock.nowMs();
    // Or the next check would take these bytes for new ones and wait for another whole read-idle time.
    bytes = deps.bytesRead();
    if (pingAtMs === undefined || stopped) return;
    pingAtMs = undefined;
    cancel();
    cancel = arm(deps.readIdleMs);
  }

  function check(): void {
    if (stopped) return;
    const seen = deps.bytesRead();
    const gotBytes = seen !== bytes;
    bytes = seen;
    if (gotBytes && pingAtMs !== undefined) {
      touch();
      return;
    }
    const nowMs = deps.clock.nowMs();
    if (gotBytes) lifeAtMs = nowMs;
    if (pingAtMs !== undefined) {
      stopped = true;
      deps.onDead();
      return;
    }
    const leftMs = lifeAtMs + deps.readIdleMs - nowMs;
    if (leftMs > 0) {
      cancel = arm(leftMs);
      return;
    }
    pingAtMs = nowMs;
    deps.ping(touch);
    cancel = arm(deps.pingTimeoutMs);
  }

  return {
    touch,
    stop() {
      stopped = true;
      cancel();
    },
  };
}
