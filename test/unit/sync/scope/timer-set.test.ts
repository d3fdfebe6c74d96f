/** Named timers on a virtual clock. */
import { expect } from "chai";
import { VirtualTimeScheduler } from "rxjs";
import { TimerSet } from "../../../../src/sync/scope/timer-set.ts";

describe("timer-set", () => {
  it("fires each name once at its time", () => {
    const { scheduler, timers, fired } = setUp();
    timers.arm("b", 20);
    timers.arm("a", 10);
    scheduler.flush();
    expect(fired).to.deep.equal(["10 a", "20 b"]);
  });

  it("replaces a timer that is armed again", () => {
    const { scheduler, timers, fired } = setUp();
    timers.arm("a", 10);
    timers.arm("a", 30);
    scheduler.flush();
    expect(fired).to.deep.equal(["30 a"]);
  });

  it("scenario 42: lets the sockets be read first after a blocked event loop", () => {
    const { scheduler, timers, fired } = setUp();
    timers.arm("a", 10);
    // The loop turns again 5 s late, then keeps time.
    const blockedNow = scheduler.now.bind(scheduler);
    let lateByMs = 4_990;
    scheduler.now = () => blockedNow() + lateByMs;
    scheduler.maxFrames = 10;
    scheduler.flush();
    expect(fired).to.deep.equal([]);
    lateByMs = 0;
    scheduler.maxFrames = 110;
    scheduler.flush();
    expect(fired).to.deep.equal(["110 a"]);
  });

  it("fires nothing after disarm or clear", () => {
    const { scheduler, timers, fired } = setUp();
    timers.arm("a", 10);
    timers.arm("b", 10);
    timers.arm("c", 10);
    timers.disarm("a");
    timers.clear();
    scheduler.flush();
    expect(fired).to.deep.equal([]);
  });
});

function setUp(): {
  readonly scheduler: VirtualTimeScheduler;
  readonly timers: TimerSet<"a" | "b" | "c">;
  readonly fired: readonly string[];
} {
  const scheduler = new VirtualTimeScheduler();
  const fired: string[] = [];
  const timers = new TimerSet<"a" | "b" | "c">(scheduler, (name) =>
    fired.push(`${String(scheduler.now())} ${name}`),
  );
  return { scheduler, timers, fired };
}
