/**
 * The life of one HTTP/2 connection: after some silence a PING, and without an answer the connection is dead though
 * open (k/k#87615; a relay that swallows bytes but acknowledges TCP keeps such a connection for half an hour). Used by
 * http2-peer.ts. Any byte is an answer, also bytes that still wait in the socket when the event loop wakes up.
 */
import type { Clock, Timers } from "../../../core/time/clock.ts";
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
  /** Bytes came that nobody had told of by `onActivity`; the connection lives. */
  onAlive(): void;
  /** Silence was answered by silence. Called once. */
  onDead(): void;
}

/** A running heartbeat. */
export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  #lifeAtMs: number;
  /** When the PING that waits for its answer went out. */
  #pingAtMs: number | undefined;
  #bytesAtPing = 0;
  #stopped = false;
  #cancel: () => void = () => undefined;

  /** Starts it. */
  constructor(deps: HeartbeatDeps) {
    this.#deps = deps;
    this.#lifeAtMs = deps.clock.nowMs();
    this.#arm(deps.readIdleMs);
  }

  /** Bytes came. */
  onActivity(): void {
    this.#lifeAtMs = this.#deps.clock.nowMs();
    if (this.#pingAtMs === undefined || this.#stopped) return;
    this.#pingAtMs = undefined;
    this.#arm(this.#deps.readIdleMs);
  }

  /** Ends it: no PING and no verdict any more. */
  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #arm(delayMs: number): void {
    this.#cancel();
    let isCancelled = false;
    const cancelTimer = this.#deps.timers.after(delayMs, () => {
      // An answer may be read meanwhile and arm the next check; this one must not come on top of it.
      afterSocketsAreRead(() => {
        if (!isCancelled) this.#check();
      });
    });
    this.#cancel = () => {
      isCancelled = true;
      cancelTimer();
    };
  }

  #check(): void {
    if (this.#stopped) return;
    if (this.#pingAtMs !== undefined) {
      this.#judge();
      return;
    }
    const leftMs = this.#lifeAtMs + this.#deps.readIdleMs - this.#deps.clock.nowMs();
    if (leftMs > 0) this.#arm(leftMs);
    else this.#ping();
  }

  #judge(): void {
    if (this.#deps.bytesRead() === this.#bytesAtPing) {
      this.#stopped = true;
      this.#deps.onDead();
      return;
    }
    this.onActivity();
    this.#deps.onAlive();
  }

  #ping(): void {
    this.#pingAtMs = this.#deps.clock.nowMs();
    this.#bytesAtPing = this.#deps.bytesRead();
    this.#arm(this.#deps.pingTimeoutMs);
    this.#deps.ping(() => {
      this.onActivity();
    });
  }
}
