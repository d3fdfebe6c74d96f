/**
 * How a connection behaves, and its end where it does not: calls that are opened and given up (rapid reset,
 * CVE-2023-44487), calls that never ask anything, bytes that are not requests (floods of pings, settings, window updates,
 * empty frames: CVE-2019-9512 to 9518). nghttp2 ends the crudest of these by itself, after a thousand; this is there so
 * that other consumers do not pay for the thousand. After an offence the consumer is on probation (probation.ts), and its
 * connections have strict limits: each repeated attack is followed by a pause.
 */
import { constants } from "node:http2";
import type { ServerHttp2Session } from "node:http2";
import type { Socket } from "node:net";
import type { Clock } from "../../core/time/clock.ts";
import type { Log } from "../../log/events.ts";
import type { ServedConsumer } from "./served-consumer.ts";

/** Calls that a client may give up: at once, and each second in the long run. */
const ABORTED = { burst: 500, perSecond: 33 } as const;

/** What one connection may send beside its calls: at once, each second, and as part of what it was sent (BDP pings). */
const STRAY_BYTES = { burst: 2 * 1024 * 1024, perSecond: 65_536, perByteWritten: 0.25 } as const;

/** On probation: calls given up, calls at once that have not asked yet, and stray bytes. */
const STRICT_CALLS = 32;
const STRICT_STRAY_BYTES = 65_536;

/**
 * NGHTTP2_ERR_CALLBACK_FAILURE (Node has refused too many streams) and NGHTTP2_ERR_FLOODED. Others say nothing of harm: the
 * HTTP/2 of Go ends each of its connections with frames that are a protocol error to nghttp2 (seen with grpcurl).
 */
const FLOOD_ERRORS: ReadonlySet<number> = new Set([-902, -904]);

/** Why a connection was ended. */
type Offence = "aborted_calls" | "half_open_calls" | "stray_bytes" | "crumbs" | "protocol";

/** What a connection is judged by. */
export interface ConductDeps {
  readonly socket: Pick<Socket, "bytesRead" | "bytesWritten" | "destroy">;
  readonly served: Pick<ServedConsumer, "metrics" | "view" | "probation">;
  readonly peer: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** See the file comment. */
export class Conduct {
  readonly #deps: ConductDeps;
  #session: ServerHttp2Session | undefined;
  #isEnded = false;
  #halfOpen = 0;
  #abortedCredit: number = ABORTED.burst;
  #abortedAtMs: number;
  #aborted = 0;
  #byteCredit: number = STRAY_BYTES.burst;
  #lookedAtMs: number;
  #bytesRead = 0;
  #bytesWritten = 0;

  constructor(deps: ConductDeps) {
    this.#deps = deps;
    this.#abortedAtMs = this.#lookedAtMs = deps.clock.nowMs();
    if (deps.served.probation.isOn) this.#byteCredit = STRICT_STRAY_BYTES;
  }

  /** The connection's session, known from its first call on: only by it a GOAWAY can be sent. */
  begin(session: ServerHttp2Session): void {
    this.#session = session;
    session.on("error", ({ code, errno }: NodeJS.ErrnoException) => {
      if (code === "ERR_HTTP2_TOO_MANY_INVALID_FRAMES" || FLOOD_ERRORS.has(errno ?? 0))
        this.#note("protocol");
    });
  }

  /** A call begins, whose headers and message may have this number of bytes. */
  opened(creditBytes: number): void {
    this.#byteCredit += creditBytes;
    this.#halfOpen += 1;
    if (this.#halfOpen > STRICT_CALLS && this.#deps.served.probation.isOn) this.#end("half_open_calls");
  }

  /** The call has asked, or is over before it did. */
  asked(): void {
    this.#halfOpen -= 1;
  }

  /** The client gave a call up before its end. */
  aborted(): void {
    const nowMs = this.#deps.clock.nowMs();
    const refill = ((nowMs - this.#abortedAtMs) / 1000) * ABORTED.perSecond;
    this.#abortedCredit = Math.min(ABORTED.burst, this.#abortedCredit + refill) - 1;
    this.#abortedAtMs = nowMs;
    this.#aborted += 1;
    if (this.#abortedCredit < 0 || (this.#aborted > STRICT_CALLS && this.#deps.served.probation.isOn))
      this.#end("aborted_calls");
  }

  /** Bytes of a call's message: no stray ones. */
  credit(sizeBytes: number): void {
    this.#byteCredit += sizeBytes;
  }

  /** A message comes in pieces of a few bytes. */
  crumbs(): void {
    this.#end("crumbs");
  }

  /** Weighs the bytes that have come since the last look. */
  look(nowMs: number): void {
    const { bytesRead, bytesWritten } = this.#deps.socket;
    const passedSeconds = (nowMs - this.#lookedAtMs) / 1000;
    this.#byteCredit +=
      passedSeconds * STRAY_BYTES.perSecond +
      (bytesWritten - this.#bytesWritten) * STRAY_BYTES.perByteWritten -
      (bytesRead - this.#bytesRead);
    this.#lookedAtMs = nowMs;
    this.#bytesRead = bytesRead;
    this.#bytesWritten = bytesWritten;
    if (this.#byteCredit < 0) this.#end("stray_bytes");
    // What calls were credited with and did not use is not saved up.
    this.#byteCredit = Math.min(this.#byteCredit, STRAY_BYTES.burst);
  }

  #end(why: Offence): void {
    if (this.#isEnded) return;
    this.#note(why);
    if (this.#session === undefined) this.#deps.socket.destroy();
    // Without an error Node sends NO_ERROR, whatever the code.
    else this.#session.destroy(new Error(why), constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }

  #note(why: Offence): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const { served, log, peer } = this.#deps;
    served.probation.offended();
    served.metrics.rejected("conduct");
    log("rpc_connection_ended", { consumer: served.view.consumer, peer, why });
  }
}
