import { expect } from "chai";
import { applyEvent } from "../../../../src/core/snapshot/apply-event.ts";
import type { Policy } from "../../../../src/core/select/policy.ts";
import { ALLOW_ALL } from "../../../../src/core/select/policy.ts";
import { EMPTY_SNAPSHOT } from "../../../../src/core/snapshot/snapshot.ts";
import type { Snapshot } from "../../../../src/core/snapshot/snapshot.ts";
import type { SyncEvent } from "../../../../src/core/snapshot/sync-event.ts";
import { TOMBSTONE_LIMIT } from "../../../../src/core/view/view.ts";
import type { View } from "../../../../src/core/view/view.ts";
import type { FoldInput } from "../../../../src/core/view/view-fold.ts";
import {
  expirePrevious,
  firstView,
  foldView,
  restrictPrevious,
} from "../../../../src/core/view/view-fold.ts";
import { credential, key, put, remove, reset, undecodable } from "../../../support/core/credentials.ts";

const LIMITS = { maxCredentials: 10_000, maxBytes: 1e9 };

/** A view kept beside a snapshot, as the store keeps it. */
class Window {
  view: View;
  #snapshot: Snapshot = EMPTY_SNAPSHOT;
  readonly input: FoldInput;

  constructor(policy: Policy, events: readonly SyncEvent[], input: Partial<FoldInput> = {}) {
    const lifetimes = { previousForMs: 3_600_000, previousMaxMs: 86_400_000 };
    this.input = { policy, lifetimes, nowMs: 1000, wallMs: 5000, ...input };
    for (const event of events) this.#snapshot = applyEvent(this.#snapshot, event, LIMITS).snapshot;
    this.view = firstView(this.#snapshot, this.input).view;
  }

  /** Applies events; returns the numbers of the revisions that they made. */
  apply(events: readonly SyncEvent[]): readonly number[] {
    const made: number[] = [];
    for (const event of events) {
      const applied = applyEvent(this.#snapshot, event, LIMITS);
      this.#snapshot = applied.snapshot;
      const change = foldView(this.view, this.#snapshot, applied.changedKeys, this.input);
      if (change === undefined) continue;
      this.view = change.view;
      made.push(change.view.number);
    }
    return made;
  }

  reload(policy: Policy): number {
    const keys = [...this.#snapshot.entries.keys()];
    this.view = foldView(this.view, this.#snapshot, keys, { ...this.input, policy })?.view ?? this.view;
    return this.view.number;
  }
}

const db = (version: string, password: string): SyncEvent =>
  put(credential("db", { resourceVersion: version, data: { password, username: "app" } }));

describe("firstView", () => {
  it("is revision 1, also of nothing", () => {
    expect(new Window(ALLOW_ALL, reset([])).view.number).to.equal(1);
    expect(new Window({ rules: [] }, reset([credential("db")])).view).to.deep.include({ number: 1 });
  });
});

describe("foldView", () => {
  it("makes no revision for equal content with another resourceVersion", () => {
    const window = new Window(ALLOW_ALL, reset([credential("db")]));
    expect(window.apply([put(credential("db", { resourceVersion: "2" }))])).to.deep.equal([]);
    expect(window.view.entries.get(key("db"))?.credential.resourceVersion).to.equal("1");
  });

  it("makes one revision of a relist, however much changed", () => {
    const window = new Window(ALLOW_ALL, reset([credential("a"), credential("b"), credential("c")]));
    const list = reset([credential("a", { resourceVersion: "4", data: { k: "v" } }), credential("d")], "9");
    expect(window.apply(list)).to.deep.equal([2]);
    expect([...window.view.entries.keys()]).to.deep.equal([key("a"), key("d")]);
    expect(window.view.tombstones.map((one) => one.key)).to.deep.equal([key("b"), key("c")]);
  });

  it("alters nothing when a key outside the policy changes", () => {
    const window = new Window({ rules: [{ names: ["db"], keys: ["username"] }] }, reset([]));
    expect(window.apply([db("2", "one")])).to.deep.equal([2]);
    expect(window.apply([db("3", "two"), put(credential("web"))])).to.deep.equal([]);
    expect([...(window.view.entries.get(key("db"))?.credential.data.keys() ?? [])]).to.deep.equal([
      "username",
    ]);
  });

  it("shows a problem and an expiry only where every key they speak of is visible", () => {
    const problem = {
      reason: "KEY_MISMATCH",
      key: "",
      keys: ["tls.crt", "tls.key"],
      message: "m",
      contentOutdated: false,
    };
    const tls = credential("tls", {
      data: { "tls.crt": "c", "tls.key": "k" },
      problems: [problem],
      expiry: { atMs: 9, keys: ["tls.crt"] },
    });
    const crtOnly = new Window({ rules: [{ keys: ["tls.crt"] }] }, reset([tls])).view.entries.get(key("tls"));
    expect(crtOnly?.credential.problems).to.deep.equal([]);
    expect(crtOnly?.credential.expiry?.atMs).to.equal(9);
    const keyOnly = new Window({ rules: [{ keys: ["tls.key"] }] }, reset([tls])).view.entries.get(key("tls"));
    expect(keyOnly?.credential.expiry).to.equal(undefined);
  });

  it("shows the next later expiry to a view that lacks the key of the earliest", () => {
    const expiry = { atMs: 9, keys: ["tls.crt"], otherwise: { atMs: 20, keys: [] } };
    const tls = credential("tls", { data: { "tls.crt": "c", "tls.key": "k" }, expiry });
    const keyOnly = new Window({ rules: [{ keys: ["tls.key"] }] }, reset([tls])).view.entries.get(key("tls"));
    expect(keyOnly?.credential.expiry?.atMs).to.equal(20);
  });

  it("marks outdated content in every view, but names the bad key only where it is allowed", () => {
    const events = [...reset([]), db("2", "one"), put(undecodable("db", "3"))];
    const username = new Window({ rules: [{ keys: ["username"] }] }, events).view.entries.get(key("db"));
    expect(username?.credential.problems).to.have.length(1);
    expect(username?.credential.problems[0]).to.include({ key: "", contentOutdated: true });
    expect(JSON.stringify(username?.credential.problems)).not.to.contain("password");
    const password = new Window({ rules: [{ keys: ["password"] }] }, events).view.entries.get(key("db"));
    expect(password?.credential.problems[0]).to.include({ reason: "BAD_BASE64", key: "password" });
  });

  it("turns a policy reload into an ordinary revision", () => {
    const window = new Window(ALLOW_ALL, reset([credential("a"), credential("b")]));
    expect(window.reload({ rules: [{ names: ["a"] }] })).to.equal(2);
    expect([...window.view.entries.keys()]).to.deep.equal([key("a")]);
    expect(window.reload({ rules: [{ names: ["a"] }] })).to.equal(2);
  });

  it("drops removals over the limit and keeps the revision from which a resume starts over", () => {
    const many = Array.from({ length: TOMBSTONE_LIMIT + 2 }, (_, at) => credential(`s${String(at)}`));
    const window = new Window(ALLOW_ALL, reset(many, "5"));
    window.apply(many.map((one, at) => remove(one.name, String(10 + at))));
    expect(window.view.tombstones).to.have.length(TOMBSTONE_LIMIT);
    expect(window.view.compactedBelow).to.equal(3);
  });
});

describe("previous data", () => {
  const previousOf = (window: Window): string | undefined => {
    const value = window.view.entries.get(key("db"))?.previous?.data.get("password");
    return value === undefined ? undefined : Buffer.from(value.reveal()).toString();
  };

  it("is one generation, kept over a label edit", () => {
    const window = new Window(ALLOW_ALL, [...reset([]), db("2", "one")]);
    expect(previousOf(window)).to.equal(undefined);
    window.apply([db("3", "two")]);
    expect(previousOf(window)).to.equal("one");
    window.apply([
      put(
        credential("db", {
          resourceVersion: "4",
          data: { password: "two", username: "app" },
          labels: { a: "b" },
        }),
      ),
    ]);
    expect(previousOf(window)).to.equal("one");
    window.apply([db("5", "three")]);
    expect(previousOf(window)).to.equal("two");
  });

  it("is gone with a recreate, and with podkey.dev/previous-for: 0", () => {
    const window = new Window(ALLOW_ALL, [...reset([]), db("2", "one")]);
    window.apply([db("3", "two"), put(credential("db", { uid: "second", resourceVersion: "4" }))]);
    expect(previousOf(window)).to.equal(undefined);
    const purged = new Window(ALLOW_ALL, [...reset([]), db("2", "one")]);
    const annotations = { "podkey.dev/previous-for": "0" };
    purged.apply([put(credential("db", { resourceVersion: "3", data: { password: "two" }, annotations }))]);
    expect(previousOf(purged)).to.equal(undefined);
  });

  it("follows the policy of today", () => {
    const window = new Window(ALLOW_ALL, [...reset([]), db("2", "one")]);
    window.apply([db("3", "two")]);
    window.reload({ rules: [{ keys: ["username"] }] });
    expect(previousOf(window)).to.equal(undefined);
  });

  it("is not made by a policy reload, which replaces no value", () => {
    const window = new Window({ rules: [{ keys: ["username"] }] }, [...reset([]), db("2", "one")]);
    window.reload(ALLOW_ALL);
    expect(window.view.entries.get(key("db"))?.previous).to.equal(undefined);
  });

  it("is as long as the current annotation, counted from the rotation", () => {
    const time = { nowMs: 1000, wallMs: 5000 };
    const window = new Window(ALLOW_ALL, [...reset([]), db("2", "one")], time);
    const until = (): number | undefined => window.view.entries.get(key("db"))?.previous?.untilMonotonicMs;
    const annotated = (version: string, text: string): SyncEvent =>
      put(
        credential("db", {
          resourceVersion: version,
          data: { password: "two", username: "app" },
          annotations: { "podkey.dev/previous-for": text },
        }),
      );
    window.apply([db("3", "two")]);
    expect(until()).to.equal(3_601_000);
    window.apply([annotated("4", "10s")]);
    expect(until()).to.equal(11_000);
    expect(window.view.entries.get(key("db"))?.previous?.untilMs).to.equal(15_000);
    window.apply([annotated("5", "2h")]);
    expect(until()).to.equal(7_201_000);
    window.apply([annotated("6", "0")]);
    expect(until()).to.equal(undefined);
  });

  it("survives an equal relist, and is gone with a delete that only a list shows", () => {
    const window = new Window(ALLOW_ALL, [...reset([]), db("2", "one")]);
    const two = credential("db", { resourceVersion: "3", data: { password: "two", username: "app" } });
    window.apply([put(two), ...reset([two], "9")]);
    expect(previousOf(window)).to.equal("one");
    window.apply([...reset([], "10"), ...reset([{ ...two, resourceVersion: "11" }], "12")]);
    expect(window.view.entries.get(key("db"))?.previous).to.equal(undefined);
  });

  it("loses the keys that a new policy no longer allows, although the current data has none of them", () => {
    const window = new Window(ALLOW_ALL, [...reset([]), db("2", "one")]);
    window.apply([put(credential("db", { resourceVersion: "3", data: { username: "app" } }))]);
    expect(previousOf(window)).to.equal("one");
    const narrowed = restrictPrevious(window.view, { rules: [{ keys: ["username"] }] });
    expect([...(narrowed.entries.get(key("db"))?.previous?.data.keys() ?? [])]).to.deep.equal(["username"]);
    expect(restrictPrevious(narrowed, { rules: [{ keys: ["username"] }] })).to.equal(narrowed);
  });

  it("leaves the memory when its overlap ends", () => {
    const window = new Window(ALLOW_ALL, [...reset([]), db("2", "one")]);
    window.apply([db("3", "two")]);
    expect(expirePrevious(window.view, 3_600_999)).to.equal(window.view);
    const later = expirePrevious(window.view, 3_601_000);
    expect(later.entries.get(key("db"))?.previous).to.equal(undefined);
    expect(later.number).to.equal(window.view.number);
  });
});
