import { expect } from "chai";
import type { WatchedChange, WatchState } from "../../../src/client/watch-fold.ts";
import { foldWatch, forgetIncomplete, UNSYNCED } from "../../../src/client/watch-fold.ts";
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

describe("foldWatch", () => {
  it("has a state once the reset is complete, and not before", () => {
    const messages = firstMessages([a, b]);
    const before = fold(messages.slice(0, -1)).state;
    expect(before.isSynced).to.equal(false);
    expect(names(before)).to.deep.equal([]);
    expect(synced).to.deep.include({ isSynced: true, resumeToken: "token-1" });
    expect(names(synced)).to.deep.equal(["shop/a", "shop/b"]);
  });

  it("keeps the old state until a later reset is complete, then replaces it whole", () => {
    const again = firstMessages([b], "token-9");
    expect(names(fold(again.slice(0, 2), synced).state)).to.deep.equal(["shop/a", "shop/b"]);
    const { state, changes } = fold(again, synced);
    expect(names(state)).to.deep.equal(["shop/b"]);
    expect(state.resumeToken).to.equal("token-9");
    expect(changes).to.deep.equal([
      { changed: [], removed: [{ namespace: "shop", name: "a", uid: "uid-a" }] },
    ]);
  });

  it("finds other content in a reset, and no change in other times and revisions", () => {
    const same = { ...a, revision: "9", observeTime: { seconds: "9", nanos: 0 }, resourceVersion: "9" };
    const other = { ...b, data: { password: Buffer.from("other") } };
    expect(fold(firstMessages([same, other]), synced).changes[0]?.changed).to.deep.equal([other]);
  });

  it("goes by the source's version where values do not travel", () => {
    const bare = { ...a, data: {} };
    const before = fold(firstMessages([bare])).state;
    expect(fold(firstMessages([bare]), before).changes[0]?.changed).to.deep.equal([]);
    expect(
      fold(firstMessages([{ ...bare, resourceVersion: "2" }]), before).changes[0]?.changed,
    ).to.have.length(1);
  });

  it("applies a split change with its last part", () => {
    const c = wireCredential("c");
    const first = changeMessage([c], ["a"], true);
    expect(names(fold([first], synced).state)).to.deep.equal(["shop/a", "shop/b"]);
    const { state, changes } = fold([first, changeMessage([], ["b"])], synced);
    expect(names(state)).to.deep.equal(["shop/c"]);
    expect(changes[0]?.removed.map(({ name }) => name)).to.deep.equal(["a", "b"]);
    expect(state).to.deep.include({ resumeToken: "token-2", parts: { changed: [], removed: [] } });
  });

  it("does not tell of the removal of what it never had", () => {
    expect(fold([changeMessage([], ["never"])], synced).changes).to.deep.equal([
      { changed: [], removed: [] },
    ]);
  });

  it("drops the parts of a change that a reset breaks off", () => {
    const { state } = fold([changeMessage([wireCredential("c")], [], true), ...firstMessages([a])], synced);
    expect(names(state)).to.deep.equal(["shop/a"]);
  });

  it("takes a resumed stream without items as the same state", () => {
    const { state, changes } = fold([wireMessage({ event: "synced", synced: {}, resumeToken: "t" })], synced);
    expect(names(state)).to.deep.equal(["shop/a", "shop/b"]);
    expect(changes).to.deep.equal([{ changed: [], removed: [] }]);
  });

  it("keeps the token over messages without one, and ignores events of a later version", () => {
    expect(
      fold([wireMessage({ event: "heartbeat", heartbeat: {} }), wireMessage({})], synced).state,
    ).to.deep.equal(synced);
  });
});

describe("forgetIncomplete", () => {
  it("drops a reset and a change that are under way, and nothing else", () => {
    const messages = [...firstMessages([a]).slice(0, 2), changeMessage([b], [], true)];
    expect(forgetIncomplete(fold(messages, synced).state)).to.deep.equal(synced);
  });
});
