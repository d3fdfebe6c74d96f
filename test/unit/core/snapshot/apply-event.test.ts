import { expect } from "chai";
import { applyEvent } from "../../../../src/core/snapshot/apply-event.ts";
import type { Applied } from "../../../../src/core/snapshot/applied.ts";
import { EMPTY_SNAPSHOT, heldVersions } from "../../../../src/core/snapshot/snapshot.ts";
import type { Limits, Snapshot } from "../../../../src/core/snapshot/snapshot.ts";
import type { SyncEvent } from "../../../../src/core/snapshot/sync-event.ts";
import {
  credential,
  key,
  put,
  remove,
  reset,
  SCOPE,
  undecodable,
} from "../../../support/core/credentials.ts";

const WIDE: Limits = { maxCredentials: 1000, maxBytes: 1_000_000 };

function fold(
  events: readonly SyncEvent[],
  limits = WIDE,
): { readonly snapshot: Snapshot; readonly last: Applied } {
  let last: Applied = { snapshot: EMPTY_SNAPSHOT, changedKeys: [], dropped: undefined, relist: [] };
  for (const event of events) last = applyEvent(last.snapshot, event, limits);
  return { snapshot: last.snapshot, last };
}

function text(snapshot: Snapshot, name: string): string | undefined {
  const value = snapshot.entries.get(key(name))?.credential?.data.get("password");
  return value === undefined ? undefined : Buffer.from(value.reveal()).toString();
}

describe("applyEvent", () => {
  it("shows nothing of a list before its end", () => {
    const events = reset([credential("db"), credential("web")]);
    expect(fold(events.slice(0, -1)).snapshot.entries.size).to.equal(0);
    expect(fold(events).snapshot.entries.size).to.equal(2);
    expect(fold(events).snapshot.synced.has(SCOPE)).to.equal(true);
  });

  it("drops an aborted list and keeps the old state", () => {
    const { snapshot } = fold([
      ...reset([credential("db")]),
      ...reset([credential("web")]).slice(0, -1),
      { kind: "reset-abort", scope: SCOPE },
      ...reset([]).slice(-1),
    ]);
    expect([...snapshot.entries.keys()]).to.deep.equal([key("db")]);
  });

  it("drops an older and an equal version of a known object (scenario 19, scenario 20)", () => {
    const first = [...reset([]), put(credential("db", { resourceVersion: "20", data: { password: "new" } }))];
    const stale = fold([...first, put(credential("db", { resourceVersion: "15" }))]);
    expect(stale.last.dropped).to.equal("stale");
    expect(text(stale.snapshot, "db")).to.equal("new");
    const duplicate = fold([...first, put(credential("db", { resourceVersion: "20" }))]);
    expect(duplicate.last.dropped).to.equal("duplicate");
  });

  it("takes versions that are not numbers in the order of arrival", () => {
    const { snapshot } = fold([
      ...reset([credential("db", { resourceVersion: "b" })]),
      put(credential("db", { resourceVersion: "a", data: { password: "later" } })),
    ]);
    expect(text(snapshot, "db")).to.equal("later");
  });

  it("does not let a late event bring back what was deleted", () => {
    const { snapshot, last } = fold([
      ...reset([credential("db", { resourceVersion: "5" })], "5"),
      remove("db", "12"),
      put(credential("db", { resourceVersion: "10" })),
    ]);
    expect(last.dropped).to.equal("stale");
    expect(snapshot.entries.size).to.equal(0);
  });

  it("remembers a deletion of what it never had, for the put that comes late on the other watch", () => {
    const { snapshot } = fold([
      ...reset([]),
      remove("db", "12"),
      put(credential("db", { resourceVersion: "10" })),
    ]);
    expect(snapshot.entries.size).to.equal(0);
  });

  it("does not let a late event bring back what a list found gone", () => {
    const { snapshot, last } = fold([
      ...reset([credential("db", { resourceVersion: "5" })], "5"),
      ...reset([], "9"),
      put(credential("db", { resourceVersion: "7" })),
    ]);
    expect(last.dropped).to.equal("stale");
    expect(snapshot.entries.size).to.equal(0);
  });

  it("takes a recreate as one new object and ignores the late delete of the old uid (scenario 22)", () => {
    const { snapshot, last } = fold([
      ...reset([credential("db", { resourceVersion: "5" })], "5"),
      put(credential("db", { uid: "second", resourceVersion: "9", data: { password: "second" } })),
      remove("db", "8"),
    ]);
    expect(last.dropped).to.equal("other_uid");
    expect(text(snapshot, "db")).to.equal("second");
  });

  it("keeps what came by a watch after the list was cut", () => {
    const [begin, ...rest] = reset([credential("db", { resourceVersion: "4" })], "10");
    const { snapshot } = fold([
      ...reset(
        [credential("db", { resourceVersion: "4" }), credential("old", { resourceVersion: "3" })],
        "4",
      ),
      ...(begin === undefined ? [] : [begin]),
      put(credential("db", { resourceVersion: "11", data: { password: "newer" } })),
      put(credential("young", { resourceVersion: "12" })),
      ...rest,
    ]);
    expect(text(snapshot, "db")).to.equal("newer");
    expect([...snapshot.entries.keys()]).to.deep.equal([key("db"), key("young")]);
  });

  it("finds at the relist what was deleted while nobody watched (scenario 21)", () => {
    const { last } = fold([
      ...reset([credential("db"), credential("web")], "5"),
      ...reset([credential("db")], "9"),
    ]);
    expect(last.changedKeys).to.include(key("web"));
    expect(last.snapshot.entries.get(key("web"))).to.equal(undefined);
  });

  it("goes back in time only if the history was rewound (scenario 47)", () => {
    const ahead = reset([credential("db", { resourceVersion: "90", data: { password: "ahead" } })], "90");
    const older = [credential("db", { resourceVersion: "40", data: { password: "restored" } })];
    expect(text(fold([...ahead, ...reset(older, "50")]).snapshot, "db")).to.equal("ahead");
    expect(text(fold([...ahead, ...reset(older, "50", { rewound: true })]).snapshot, "db")).to.equal(
      "restored",
    );
  });

  it("keeps the last good content of what cannot be decoded, with the problem (scenario 28)", () => {
    const { snapshot } = fold([...reset([credential("db")]), put(undecodable("db", "7"))]);
    const entry = snapshot.entries.get(key("db"));
    expect(text(snapshot, "db")).to.equal("old");
    expect(entry?.credential?.problems).to.have.length(1);
    expect(entry?.credential?.problems[0]).to.include({ reason: "BAD_BASE64", contentOutdated: true });
    expect(entry?.credential?.resourceVersion).to.equal("1");
    expect(entry?.seenVersion).to.equal("7");
  });

  it("holds what never was good without content, and counts its version as seen", () => {
    const { snapshot } = fold(reset([undecodable("db", "7")]));
    expect(snapshot.entries.get(key("db"))?.credential).to.equal(undefined);
    expect(heldVersions(snapshot, SCOPE).get(key("db"))).to.equal("7");
  });

  it("does not lend the content of a deleted object to its undecodable successor", () => {
    const { snapshot } = fold([...reset([credential("db")]), put(undecodable("db", "7", "second"))]);
    expect(snapshot.entries.get(key("db"))?.credential).to.equal(undefined);
  });

  it("shares the bytes of an object that a relist brings again", () => {
    const first = fold(reset([credential("db")]));
    const again = fold([
      ...reset([credential("db")]),
      ...reset([credential("db", { resourceVersion: "1" })], "9"),
    ]);
    expect(first.snapshot.sizeBytes).to.equal(again.snapshot.sizeBytes);
    const before = fold(reset([credential("db")])).snapshot;
    const held = before.entries.get(key("db"))?.credential?.data;
    const after = applyEvent(
      before,
      put(credential("db", { resourceVersion: "2", labels: { a: "b" } })),
      WIDE,
    );
    expect(after.snapshot.entries.get(key("db"))?.credential?.data).to.equal(held);
  });
});

describe("applyEvent beyond the limits (scenario 50)", () => {
  const TWO: Limits = { maxCredentials: 2, maxBytes: 1_000_000 };
  const two = reset([credential("a"), credential("b")], "5");
  const third = put(credential("c", { resourceVersion: "6" }));

  it("truncates nothing: the last good state stays", () => {
    const { snapshot } = fold(
      [...two, third, put(credential("a", { resourceVersion: "7", data: { password: "x" } }))],
      TWO,
    );
    expect([...snapshot.entries.keys()]).to.deep.equal([key("a"), key("b")]);
    expect(text(snapshot, "a")).to.equal("old");
    expect(snapshot.overflow?.waiting.has(SCOPE)).to.equal(true);
  });

  it("asks once for a list when the source fits again, and goes on after it", () => {
    const back = fold([...two, third, remove("b", "8")], TWO);
    expect(back.last.relist).to.deep.equal([SCOPE]);
    const after = applyEvent(back.snapshot, remove("a", "9"), TWO);
    expect(after.relist).to.deep.equal([]);
    const { snapshot } = fold(
      [
        ...two,
        third,
        remove("b", "8"),
        ...reset([credential("a"), credential("c", { resourceVersion: "6" })], "9"),
      ],
      TWO,
    );
    expect([...snapshot.entries.keys()]).to.deep.equal([key("a"), key("c")]);
    expect(snapshot.overflow).to.equal(undefined);
  });

  it("does not call a first list that is too large synced, and keeps no contents of it", () => {
    const { snapshot } = fold(reset([credential("a"), credential("b"), credential("c")], "5"), TWO);
    expect(snapshot.synced.size).to.equal(0);
    expect(snapshot.entries.size).to.equal(0);
    expect(snapshot.overflow?.shadows.size).to.equal(3);
  });

  it("counts bytes as well as credentials", () => {
    const { snapshot } = fold(
      [
        ...reset([credential("a")]),
        put(credential("b", { resourceVersion: "6", data: { k: "x".repeat(50) } })),
      ],
      { maxCredentials: 10, maxBytes: 50 },
    );
    expect([...snapshot.entries.keys()]).to.deep.equal([key("a")]);
    expect(snapshot.overflow).not.to.equal(undefined);
  });

  it("still knows every version that the source holds, so that proofs stay possible", () => {
    const { snapshot } = fold([...two, third], TWO);
    expect(heldVersions(snapshot, SCOPE).get(key("c"))).to.equal("6");
  });
});
