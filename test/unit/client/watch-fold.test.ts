import { expect } from "chai";
import type { WatchedChange, WatchState } from "../../../src/client/watch-fold.ts";
import { foldWatch, dropIncomplete, UNSYNCED } from "../../../src/client/watch-fold.ts";
import { changeMessage, firstMessages, wireCredential, wireMessage } from "../../support/client/wire.ts";

type Message = Parameters<typeof foldWatch>[1];

function fold(
  messages: readonly Message[],
  from = UNSYNCED,
): { state: WatchState; changes: readonly WatchedChange[] } {
  const changes: WatchedChange[] = [];
  let state = from;
  for (const message of messages) {
    const step = foldWatch(state, message);
    state = step.state;
    if (step.change !== undefined) changes.push(step.change);
  }
  return { state, changes };
}

const names = (state: WatchState): readonly string[] => [...state.credentials.keys()];
const [a, b] = [wireCredential("a"), wireCredential("b")];
const synced = fold(firstMessages([a, b])).state;

describe("client: fold of a watch", () => {
  it("has a state only after the reset is complete", () => {
    const messages = firstMessages([a, b]);
    const before = fold(messages.slice(0, -1)).state;
    expect(before.isSynced).to.equal(false);
    expect(names(before)).to.deep.equal([]);
    expect(synced).to.deep.include({ isSynced: true, resumeToken: "token-1" });
    expect(names(synced)).to.deep.equal(["shop/a", "shop/b"]);
  });

  it("keeps the old state until a later reset is complete, then replaces it", () => {
    const again = firstMessages([b], "token-9");
    expect(names(fold(again.slice(0, 2), synced).state)).to.deep.equal(["shop/a", "shop/b"]);
    const { state, changes } = fold(again, synced);
    expect(names(state)).to.deep.equal(["shop/b"]);
    expect(state.resumeToken).to.equal("token-9");
    expect(changes).to.deep.equal([
      { changed: [], removed: [{ namespace: "shop", name: "a", uid: "uid-a" }] },
    ]);
  });

  it("reports changed content in a reset, but not new times and revisions", () => {
    const same = { ...a, revision: "9", observeTime: { seconds: "9", nanos: 0 }, resourceVersion: "9" };
    const other = { ...b, data: { password: Buffer.from("other") } };
    expect(fold(firstMessages([same, other]), synced).changes[0]?.changed).to.deep.equal([other]);
  });

  it("compares the source's version if there are no values", () => {
    const bare = { ...a, data: {} };
    const before = fold(firstMessages([bare])).state;
    expect(fold(firstMessages([bare]), before).changes[0]?.changed).to.deep.equal([]);
    expect(
      fold(firstMessages([{ ...bare, resourceVersion: "2" }]), before).changes[0]?.changed,
    ).to.have.length(1);
  });

  it("applies a split change at its last part", () => {
    const c = wireCredential("c");
    const first = changeMessage([c], ["a"], true);
    expect(names(fold([first], synced).state)).to.deep.equal(["shop/a", "shop/b"]);
    const { state, changes } = fold([first, changeMessage([], ["b"])], synced);
    expect(names(state)).to.deep.equal(["shop/c"]);
    expect(changes[0]?.removed.map(({ name }) => name)).to.deep.equal(["a", "b"]);
    expect(state).to.deep.include({ resumeToken: "token-2", parts: { changed: [], removed: [] } });
  });

  it("does not report the removal of an unknown credential", () => {
    expect(fold([changeMessage([], ["never"])], synced).changes).to.deep.equal([
      { changed: [], removed: [] },
    ]);
  });

  it("drops the parts of a change that a reset interrupts", () => {
    const { state } = fold([changeMessage([wireCredential("c")], [], true), ...firstMessages([a])], synced);
    expect(names(state)).to.deep.equal(["shop/a"]);
  });

  it("keeps its state on a resumed stream without items", () => {
    const { state, changes } = fold([wireMessage({ event: "synced", synced: {}, resumeToken: "t" })], synced);
    expect(names(state)).to.deep.equal(["shop/a", "shop/b"]);
    expect(changes).to.deep.equal([{ changed: [], removed: [] }]);
  });

  it("keeps its token after messages without one, and ignores unknown events", () => {
    expect(
      fold([wireMessage({ event: "heartbeat", heartbeat: {} }), wireMessage({})], synced).state,
    ).to.deep.equal(synced);
  });
});

describe("client: fold after a reconnect", () => {
  it("drops an incomplete reset and change, and nothing else", () => {
    const messages = [...firstMessages([a]).slice(0, 2), changeMessage([b], [], true)];
    expect(dropIncomplete(fold(messages, synced).state)).to.deep.equal(synced);
  });
});
