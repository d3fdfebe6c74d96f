import { expect } from "chai";
import { PodkeyError } from "../../../../src/core/errors/errors.ts";
import { HeldRequests } from "../../../../src/rpc/consumer/held-requests.ts";
import type { HeldRequest, HeldRequestsAccount } from "../../../../src/rpc/consumer/held-requests.ts";

const LIMIT_BYTES = 100;

/** Holds this number of bytes; `evicted` gets the id if the stream is ended. */
function hold(
  account: HeldRequestsAccount,
  id: string,
  sizeBytes: number,
  evicted: string[] = [],
): HeldRequest<string> {
  return account.hold({ id, value: id, sizeBytes, evict: () => void evicted.push(id) });
}

const isRefused = (run: () => unknown): void => {
  expect(run).to.throw(PodkeyError).with.property("reason", "TOO_MANY_STREAMS");
};

describe("streams: what they hold of their requests", () => {
  it("counts equal requests of a consumer once, until the last of them is released", () => {
    const account = new HeldRequests(LIMIT_BYTES).open();
    const held = Array.from({ length: 1000 }, () => hold(account, "a", 60));
    expect(account.sizeBytes).to.equal(60);
    isRefused(() => hold(account, "b", 60));
    for (const { release } of held) release();
    held[0]?.release();
    expect(account.sizeBytes).to.equal(0);
    hold(account, "b", 60);
  });

  it("shares the value that was held first", () => {
    const account = new HeldRequests(LIMIT_BYTES).open();
    const first = account.hold({ id: "a", value: ["x"], sizeBytes: 1, evict: () => undefined });
    const second = account.hold({ id: "a", value: ["x"], sizeBytes: 1, evict: () => undefined });
    expect(second.value).to.equal(first.value);
  });

  it("lets a consumer use what others do not need", () => {
    const budget = new HeldRequests(LIMIT_BYTES);
    const [one, other] = [budget.open(), budget.open()];
    hold(one, "a", 90);
    hold(other, "b", 10);
    isRefused(() => hold(one, "c", 1));
  });

  it("ends the oldest streams of the consumer furthest over its share for one within its share", () => {
    const budget = new HeldRequests(LIMIT_BYTES);
    const [one, other] = [budget.open(), budget.open()];
    const evicted: string[] = [];
    for (const id of ["a", "b", "c"]) hold(one, id, 30, evicted);
    hold(one, "b", 30, evicted);
    hold(other, "d", 50);
    expect([evicted, one.sizeBytes]).to.deep.equal([["a", "b", "b"], 30]);
    isRefused(() => hold(other, "e", 30));
  });

  it("gives the share of a consumer that is gone to the others", () => {
    const budget = new HeldRequests(LIMIT_BYTES);
    const [one, other] = [budget.open(), budget.open()];
    hold(one, "a", 90);
    one.close();
    hold(other, "b", 100);
  });
});
