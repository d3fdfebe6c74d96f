/** RxJS time on the monotonic clock. */
import { expect } from "chai";
import { createMonotonicScheduler } from "../../../../src/sync/scope/monotonic-scheduler.ts";

describe("monotonic-scheduler", () => {
  it("scenario 41: uses the monotonic time, also when the wall clock jumps", () => {
    let wallMs = 1_000_000;
    const scheduler = createMonotonicScheduler({ nowMs: () => 42, wallMs: () => wallMs });
    wallMs -= 3_600_000;
    expect(scheduler.now()).to.equal(42);
  });

  it("runs what is scheduled, with its state, and not what is cancelled", async () => {
    const scheduler = createMonotonicScheduler({ nowMs: () => 0, wallMs: () => 0 });
    const ran: unknown[] = [];
    const done = new Promise<void>((resolve) => {
      scheduler.schedule((state) => void ran.push(state), 0, "cancelled").unsubscribe();
      scheduler.schedule((state) => void ran.push(state), 0, "kept");
      scheduler.schedule(() => resolve(), 1);
    });
    await done;
    expect(ran).to.deep.equal(["kept"]);
  });
});
