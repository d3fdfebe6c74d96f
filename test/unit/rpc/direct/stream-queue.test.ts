// Many calls at once must not hold up a turn, nor one connection another.
import { expect } from "chai";
import { StreamQueue } from "../../../../src/rpc/direct/stream-queue.ts";

describe("StreamQueue", () => {
  let turns: (() => void)[];
  let handed: string[];
  let left: string[];
  let queue: StreamQueue<string>;
  beforeEach(() => {
    turns = [];
    handed = [];
    left = [];
    queue = new StreamQueue((task) => void turns.push(task));
  });
  const add = (key: string, name: string, isGone = false): void =>
    queue.add(key, {
      isGone: () => isGone,
      hand: () => void handed.push(name),
      left: () => void left.push(name),
    });
  const turn = (): void => turns.shift()?.();

  it("hands over four a turn, one connection after the other", () => {
    for (const name of ["a1", "a2", "a3", "a4", "a5"]) add("a", name);
    add("b", "b1");
    expect(handed).to.deep.equal([]);
    turn();
    expect(handed).to.deep.equal(["a1", "b1", "a2", "a3"]);
    turn();
    expect(handed.slice(4)).to.deep.equal(["a4", "a5"]);
    expect(turns).to.deep.equal([]);
  });

  it("passes over calls that have been given up, however many, and tells that they left", () => {
    for (let at = 0; at < 100; at += 1) add("a", `gone${String(at)}`, true);
    add("a", "there");
    turn();
    expect(handed).to.deep.equal(["there"]);
    expect(left).to.have.length(101);
  });
});
