import { EventEmitter } from "node:events";
import { expect } from "chai";
import type { ProofOutcome } from "../../../../src/core/view/consumer-view.ts";
import { PodkeyError } from "../../../../src/core/errors/errors.ts";
import type { View } from "../../../../src/core/view/view.ts";
import { CALL_ENDED, Waiters, WAITERS_LIMIT, waitMs } from "../../../../src/rpc/consumer/wait.ts";
import { ManualTime } from "../../../support/core/manual-time.ts";
import { MemoryView } from "../../../support/rpc/memory-view.ts";

const READ_SCOPE = { namespace: "shop", names: new Set(["db"]) };

class Call extends EventEmitter {
  readonly #deadlineMs: number;

  constructor(deadlineMs: number) {
    super();
    this.#deadlineMs = deadlineMs;
  }

  getDeadline(): number {
    return this.#deadlineMs;
  }
}

class Desk {
  readonly time = new ManualTime();
  readonly view = new MemoryView({ clock: this.time });
  readonly waiters: Waiters;

  constructor(maxStaleMs = 0) {
    this.waiters = new Waiters({ view: this.view, clock: this.time, timers: this.time, maxStaleMs });
  }

  call(timeoutMs = Infinity): Call {
    return new Call(this.time.wallMs() + timeoutMs);
  }

  ready(maxAgeMs: number | undefined, call = this.call()): View | Promise<View> {
    return this.waiters.ready({ readScope: READ_SCOPE, maxAgeMs }, call);
  }

  /** Ages the content: the last proof is this old. */
  age(ageMs: number): this {
    this.view.now = { state: "FRESH", ageMs, contactAgeMs: 0, reason: undefined };
    return this;
  }

  expectNothingLeft(): void {
    expect([this.waiters.count, this.time.pending, this.view.listenerCount]).to.deep.equal([0, 0, 0]);
  }
}

async function reasonOf(promise: View | Promise<View>): Promise<string> {
  try {
    await promise;
    return "answered";
  } catch (error) {
    return error instanceof PodkeyError ? error.reason : String(error);
  }
}

describe("waitMs", () => {
  for (const [leftMs, expected] of [
    [Infinity, 10_000],
    [60_000, 10_000],
    [5000, 4900],
    [500, 450],
    [0, 0],
    [-10, 0],
  ] as const)
    it(`waits ${String(expected)} ms with ${String(leftMs)} ms left`, () => {
      expect(waitMs(1000 + leftMs, 1000)).to.equal(expected);
    });
});

describe("waiting calls", () => {
  it("answers at once without max_age, whatever the age", () => {
    const desk = new Desk();
    desk.view.sync([]);
    desk.age(1e9);
    expect(desk.ready(undefined)).to.equal(desk.view.current());
  });

  it("answers at once where the data is young enough, without a proof", () => {
    const desk = new Desk();
    desk.view.sync([]);
    desk.view.prove = () => expect.fail("no proof is needed");
    expect(desk.age(5000).ready(5000)).to.equal(desk.view.current());
  });

  it("waits for the first sync", async () => {
    const desk = new Desk();
    const ready = desk.ready(undefined);
    expect(desk.waiters.count).to.equal(1);
    desk.view.sync([]);
    expect(await ready).to.equal(desk.view.current());
    desk.expectNothingLeft();
  });

  it("fails with NOT_SYNCED 100 ms before the deadline", async () => {
    const desk = new Desk();
    const ready = reasonOf(desk.ready(undefined, desk.call(2000)));
    desk.time.advance(1899);
    expect(desk.waiters.count).to.equal(1);
    desk.time.advance(1);
    expect(await ready).to.equal("NOT_SYNCED");
    desk.expectNothingLeft();
  });

  it("requests a proof and answers with the state after it", async () => {
    const desk = new Desk();
    desk.view.sync([]);
    let prove: (outcome: ProofOutcome) => void = () => undefined;
    desk.view.prove = () => new Promise((resolve) => (prove = resolve));
    const ready = desk.age(30_000).ready(1000);
    prove({ ok: true });
    expect(await ready).to.equal(desk.view.current());
    desk.expectNothingLeft();
  });

  it("requests a proof again a second after one that failed, then fails with SOURCE_STALE", async () => {
    const desk = new Desk();
    desk.view.sync([]);
    let asked = 0;
    desk.view.prove = () => {
      asked += 1;
      return Promise.resolve({ ok: false, reason: "UNREACHABLE" });
    };
    const ready = reasonOf(desk.age(30_000).ready(1000, desk.call(3100)));
    for (let second = 0; second < 3; second += 1) {
      await Promise.resolve();
      await Promise.resolve();
      desk.time.advance(1000);
    }
    expect(await ready).to.equal("SOURCE_STALE");
    expect(asked).to.equal(3);
    desk.expectNothingLeft();
  });

  it("answers as soon as a change proves the content, although its own proof is still running", async () => {
    const desk = new Desk();
    desk.view.sync([]);
    let signal: AbortSignal | undefined;
    desk.view.prove = (_touch, given) => {
      signal = given;
      return new Promise(() => undefined);
    };
    const ready = desk.age(30_000).ready(1000);
    desk.age(0);
    desk.view.sync([]);
    expect(await ready).to.equal(desk.view.current());
    expect(signal?.aborted).to.equal(true);
    desk.expectNothingLeft();
  });

  it("leaves nothing behind when the call is cancelled", async () => {
    const desk = new Desk();
    const call = desk.call();
    const ready = desk.ready(undefined, call);
    call.emit("cancelled");
    expect(await Promise.resolve(ready).catch((error: unknown) => error)).to.equal(CALL_ENDED);
    desk.expectNothingLeft();
  });

  it("refuses one waiting call more than the limit", () => {
    const desk = new Desk();
    for (let at = 0; at < WAITERS_LIMIT; at += 1) void reasonOf(desk.ready(undefined));
    expect(() => desk.ready(undefined))
      .to.throw(PodkeyError)
      .with.property("reason", "TOO_MANY_WAITERS");
  });

  it("ends all waiting calls with the error of a drain", async () => {
    const desk = new Desk();
    const waits = [desk.ready(undefined), desk.ready(1)].map(reasonOf);
    desk.waiters.endAll(new PodkeyError("SHUTTING_DOWN", "Text."));
    expect(await Promise.all(waits)).to.deep.equal(["SHUTTING_DOWN", "SHUTTING_DOWN"]);
    desk.expectNothingLeft();
  });

  it("refuses data older than --max-stale at once", () => {
    const desk = new Desk(120_000);
    desk.view.sync([]);
    expect(desk.age(120_000).ready(undefined)).to.equal(desk.view.current());
    expect(() => desk.age(120_001).ready(undefined))
      .to.throw(PodkeyError)
      .with.property("reason", "SOURCE_STALE");
  });
});
