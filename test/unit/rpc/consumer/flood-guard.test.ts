// What a client may do on a connection, and what ends it.
import { EventEmitter } from "node:events";
import { constants } from "node:http2";
import type { ServerHttp2Session } from "node:http2";
import { expect } from "chai";
import { Conduct } from "../../../../src/rpc/consumer/flood-guard.ts";
import { Probation } from "../../../../src/rpc/consumer/probation.ts";
import { ManualTime } from "../../../support/core/manual-time.ts";
import { MemoryView } from "../../../support/rpc/memory-view.ts";
import { countedMetrics } from "../../../support/rpc/no-metrics.ts";

/** A connection whose bytes the test counts. */
class Desk {
  readonly time = new ManualTime();
  readonly metrics = countedMetrics();
  readonly logged: unknown[] = [];
  readonly probation = new Probation({ clock: this.time, timers: this.time });
  readonly socket = { bytesRead: 0, bytesWritten: 0, isDestroyed: false, destroy: () => this.#cut() };
  goawayCode: number | undefined;

  conduct(): Conduct {
    return new Conduct({
      socket: this.socket as never,
      served: {
        metrics: this.metrics.consumer("web"),
        view: new MemoryView({ clock: this.time }),
        probation: this.probation,
      },
      peer: "unix:web#1",
      clock: this.time,
      log: (_event, fields) => void this.logged.push(fields?.["why"]),
    });
  }

  session(): ServerHttp2Session {
    const destroy = (_error: Error, code: number): void => void (this.goawayCode = code);
    return Object.assign(new EventEmitter(), { destroy }) as unknown as ServerHttp2Session;
  }

  #cut(): void {
    this.socket.isDestroyed = true;
  }
}

describe("Conduct", () => {
  let desk: Desk;
  let conduct: Conduct;
  beforeEach(() => {
    desk = new Desk();
    conduct = desk.conduct();
  });
  const abort = (times: number): void => {
    for (let at = 0; at < times; at += 1) conduct.aborted();
  };
  const receive = (bytes: number, afterMs = 20): void => {
    desk.socket.bytesRead += bytes;
    desk.time.advance(afterMs);
    conduct.look(desk.time.nowMs());
  };

  it("lets a client cancel all its calls at once, and then 33 per second indefinitely", () => {
    abort(500);
    for (let second = 0; second < 60; second += 1) {
      desk.time.advance(1000);
      abort(33);
    }
    expect(desk.logged).to.deep.equal([]);
  });

  it("ends a connection that gives up more, with ENHANCE_YOUR_CALM, once, and counts it", () => {
    conduct.begin(desk.session());
    abort(510);
    expect(desk.logged).to.deep.equal(["aborted_calls"]);
    expect(desk.goawayCode).to.equal(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    expect(desk.metrics.lines).to.deep.equal(["rejected conduct"]);
  });

  it("cuts a connection that sends bytes without a call", () => {
    receive(2 * 1024 * 1024);
    expect(desk.logged).to.deep.equal([]);
    receive(100_000);
    expect([desk.logged, desk.socket.isDestroyed]).to.deep.equal([["stray_bytes"], true]);
  });

  it("takes any number of calls with messages of any size, and pings as they are answered", () => {
    for (let at = 0; at < 1000; at += 1) {
      conduct.opened(65_536);
      conduct.credit(1_048_576);
      conduct.asked();
      desk.socket.bytesWritten += 100_000;
      receive(1_048_576 + 200 + 20 * 17);
    }
    expect(desk.logged).to.deep.equal([]);
  });

  it("does not save up what calls were credited with", () => {
    for (let at = 0; at < 1000; at += 1) conduct.opened(65_536);
    receive(0);
    receive(3 * 1024 * 1024);
    expect(desk.logged).to.deep.equal(["stray_bytes"]);
  });

  it("judges the consumer's connections strictly for 10 s after an offence", () => {
    conduct.crumbs();
    const next = desk.conduct();
    for (let at = 0; at < 33; at += 1) next.opened(0);
    expect(desk.logged).to.deep.equal(["crumbs", "half_open_calls"]);
    desk.time.advance(10_000);
    const later = desk.conduct();
    for (let at = 0; at < 256; at += 1) later.opened(0);
    expect(desk.logged).to.have.length(2);
  });

  it("notes a connection that nghttp2 has ended, and not one whose client has vanished or said goodbye", () => {
    const session = desk.session();
    conduct.begin(session);
    const harmless = [
      { code: "ECONNRESET", errno: -104 },
      { code: "ERR_HTTP2_SESSION_ERROR" },
      { code: "ERR_HTTP2_ERROR", errno: -505 },
    ];
    for (const error of harmless) session.emit("error", Object.assign(new Error("gone"), error));
    expect(desk.logged).to.deep.equal([]);
    session.emit("error", Object.assign(new Error("flooded"), { code: "ERR_HTTP2_ERROR", errno: -904 }));
    expect(desk.logged).to.deep.equal(["protocol"]);
  });
});
