/**
 * Detects an HTTP/2 connection that is open but dead: after some silence it sends a PING, and without an answer it
 * reports the connection as dead (kubernetes/kubernetes#87615; a relay that drops bytes but acknowledges TCP keeps such
 * a connection for half an hour). Used by http2-peer.ts. Any byte counts as an answer, including bytes that are still
 * in the socket after a stall of the event loop.
 */
import type { Clock, Timers } from "../../../core/time/clock.ts";
import { afterSocketsAreRead } from "./silence.ts";

export interface HeartbeatDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly readIdleMs: number;
  readonly pingTimeoutMs: number;
  /** Bytes that the socket has received so far. */
  bytesRead(): number;
  /** Sends a PING; `onAck` is called when it is acknowledged. */
  ping(onAck: () => void): void;
  /** Bytes arrived without a call of `onActivity`; the connection works. */
  onAlive(): void;
  /** The PING was not answered. Called once. */
  onDead(): void;
}

/** Runs from its construction to `stop`. */
export class Heartbeat {
  readonly #deps: HeartbeatDeps;
  #activeAtMs: number;
  /** When the unanswered PING was sent. */
  #pingAtMs: number | undefined;
  #bytesAtPing = 0;
  #stopped = false;
  #cancel: () => void = () => undefined;

  constructor(deps: HeartbeatDeps) {
    this.#deps = deps;
    this.#activeAtMs = deps.clock.nowMs();
    this.#arm(deps.readIdleMs);
  }

  /** Call it when bytes arrive. */
  onActivity(): void {
    this.#activeAtMs = this.#deps.clock.nowMs();
    if (this.#pingAtMs === undefined || this.#stopped) return;
    this.#pingAtMs = undefined;
    this.#arm(this.#deps.readIdleMs);
  }

  /** Sends no more PINGs and reports nothing more. */
  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  #arm(delayMs: number): void {
    this.#cancel();
    let isCancelled = false;
    const cancelTimer = this.#deps.timers.after(delayMs, () => {
      // An answer that is read in between arms the next check; then this one must not run.
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
      this.#checkAnswer();
      return;
    }
    const leftMs = this.#activeAtMs + this.#deps.readIdleMs - this.#deps.clock.nowMs();
    if (leftMs > 0) this.#arm(leftMs);
    else this.#ping();
  }

  #checkAnswer(): void {
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
