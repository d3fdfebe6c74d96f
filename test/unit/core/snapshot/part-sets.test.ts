import { expect } from "chai";
import { applyEvent } from "../../../../src/core/snapshot/apply-event.ts";
import type { Credential } from "../../../../src/core/credential/credential.ts";
import { assembleParts } from "../../../../src/core/snapshot/part-sets.ts";
import {
  countServed,
  servedCredential,
  servedEntries,
  servedEntry,
  servedKeys,
} from "../../../../src/core/snapshot/served.ts";
import type { Snapshot } from "../../../../src/core/snapshot/snapshot.ts";
import { EMPTY_SNAPSHOT } from "../../../../src/core/snapshot/snapshot.ts";
import type { SyncEvent } from "../../../../src/core/snapshot/sync-event.ts";
import { DEFAULT_DECODE_OPTIONS } from "../../../../src/source/decode/decode-secret.ts";
import { createJoinParts } from "../../../../src/source/decode/join-parts.ts";
import { credential, key, put, remove, reset, undecodable } from "../../../support/core/credentials.ts";
import { partsOf, wholeHash } from "../../../support/core/parts.ts";

const LIMITS = { maxCredentials: 100, maxBytes: 1e6 };
const join = createJoinParts(DEFAULT_DECODE_OPTIONS);

class Folded {
  snapshot: Snapshot = EMPTY_SNAPSHOT;
  changedKeys: readonly string[] = [];

  take(...events: readonly SyncEvent[]): this {
    for (const event of events) {
      const applied = assembleParts(this.snapshot, applyEvent(this.snapshot, event, LIMITS), join);
      this.snapshot = applied.snapshot;
      this.changedKeys = applied.changedKeys;
    }
    return this;
  }

  puts(...items: readonly Credential[]): this {
    return this.take(...items.map((item) => put(item)));
  }

  /** Names and plain text of what is served; the texts of a credential's problems behind it. */
  get served(): Readonly<Record<string, string>> {
    const found: Record<string, string> = {};
    for (const [, { credential: one, undecodable: none }] of servedEntries(this.snapshot)) {
      if (one === undefined) found[none?.name ?? ""] = `(${none?.problem.reason ?? ""})`;
      else {
        const data = [...one.data].map(
          ([name, value]) => `${name}=${Buffer.from(value.reveal()).toString()}`,
        );
        const problems = one.problems.map((p) => (p.contentOutdated ? `${p.reason} outdated` : p.reason));
        found[one.name] = [...data, ...problems].join(" ");
      }
    }
    return found;
  }
}

function versions(parts: readonly Credential[], from: number): readonly Credential[] {
  return parts.map((part, index) => ({ ...part, resourceVersion: String(from + index) }));
}

/** Two parts that give `cert=C` and `key=K`. */
function pair(cert: string, secret: string, from: number): readonly [Credential, Credential] {
  const parts = partsOf("big", [{ cert }, { key: secret }], wholeHash({ cert, key: secret }));
  const [first, second] = versions(parts, from);
  if (first === undefined || second === undefined) throw new Error("two parts");
  return [first, second];
}

describe("settleParts", () => {
  it("serves the parts as one credential and never under their own names", () => {
    const folded = new Folded().take(...reset(pair("C", "K", 1), "5"));
    expect(folded.served).to.deep.equal({ big: "cert=C key=K" });
    expect(servedCredential(folded.snapshot, key("big-0"))).to.equal(undefined);
    expect(servedEntry(folded.snapshot, key("big-0"))).to.equal(undefined);
    expect([...servedKeys(folded.snapshot)]).to.deep.equal([key("big")]);
    expect(countServed(folded.snapshot)).to.equal(1);
  });

  it("takes identity from part 0, the version from the newest part, and is immutable where all parts are", () => {
    const [zero, one] = pair("C", "K", 7);
    const folded = new Folded().puts(
      { ...one, immutable: true },
      { ...zero, labels: { team: "a" }, immutable: true },
    );
    expect(servedCredential(folded.snapshot, key("big"))).to.deep.include({
      name: "big",
      uid: "uid-big-0",
      resourceVersion: "8",
      labels: { team: "a" },
      immutable: true,
      part: undefined,
    });
  });

  it("waits for every part, in any order, and reports which is missing", () => {
    const [zero, one] = pair("C", "K", 1);
    const folded = new Folded().puts(one);
    expect(folded.served).to.deep.equal({ big: "(PARTS_INCOMPLETE)" });
    expect(servedEntry(folded.snapshot, key("big"))?.undecodable?.problem.message).to.equal(
      "Of 2 parts, number 0 is missing; the credential is served once all parts exist.",
    );
    expect(folded.puts(zero).served).to.deep.equal({ big: "cert=C key=K" });
  });

  it("keeps the old credential, marked, while a rotation writes part by part, then changes at once", () => {
    const folded = new Folded().puts(...pair("C1", "K1", 1));
    const [zero, one] = pair("C2", "K2", 3);
    expect(folded.puts(one).served).to.deep.equal({ big: "cert=C1 key=K1 PARTS_INCOMPLETE outdated" });
    expect(folded.puts(zero).served).to.deep.equal({ big: "cert=C2 key=K2" });
    expect(folded.changedKeys).to.include(key("big"));
  });

  it("keeps the old credential while the new hash is wrong", () => {
    const folded = new Folded().puts(...pair("C1", "K1", 1));
    const [zero, one] = pair("C2", "K2", 3);
    const [torn] = versions([{ ...one, data: new Map() }], 4);
    if (torn === undefined) throw new Error("a part");
    expect(folded.puts(zero, torn).served).to.deep.equal({ big: "cert=C1 key=K1 PARTS_MISMATCH outdated" });
    expect(folded.puts({ ...one, resourceVersion: "9" }).served).to.deep.equal({ big: "cert=C2 key=K2" });
  });

  it("serves the newest complete set of several and reports what is left of the others", () => {
    const old = pair("C1", "K1", 1);
    const fresh = pair("C2", "K2", 3).map((part, index) => ({ ...part, name: `new-${String(index)}` }));
    const folded = new Folded().puts(...old, ...fresh);
    expect(folded.served).to.deep.equal({ big: "cert=C2 key=K2 PARTS_EXTRA" });
    folded.take(remove("big-0", "10"), remove("big-1", "11"));
    expect(folded.served).to.deep.equal({ big: "cert=C2 key=K2" });
  });

  it("reports newer content while a second set is written beside the first", () => {
    const [fresh] = pair("C2", "K2", 3);
    const folded = new Folded().puts(...pair("C1", "K1", 1), { ...fresh, name: "new-0" });
    expect(folded.served).to.deep.equal({ big: "cert=C1 key=K1 PARTS_INCOMPLETE outdated" });
  });

  it("is gone when its parts are, although a part of a forgotten set is still there", () => {
    const [stale] = pair("C0", "K0", 1);
    const folded = new Folded().puts({ ...stale, name: "stale" }, ...pair("C1", "K1", 2));
    expect(folded.served).to.deep.equal({ big: "cert=C1 key=K1 PARTS_EXTRA" });
    folded.take(remove("big-0", "5"));
    expect(folded.served).to.deep.equal({ big: "cert=C1 key=K1 PARTS_INCOMPLETE outdated" });
    folded.take(remove("big-1", "6"));
    expect(folded.served).to.deep.equal({ big: "(PARTS_INCOMPLETE)" });
    folded.take(remove("stale", "7", "uid-big-0"));
    expect(folded.served).to.deep.equal({});
    expect(folded.snapshot.assembled.size).to.equal(0);
  });

  it("is replaced by a list as every credential is", () => {
    const folded = new Folded().take(...reset(pair("C1", "K1", 1), "5"));
    const before = servedCredential(folded.snapshot, key("big"));
    folded.take(...reset(pair("C1", "K1", 1), "6"));
    expect(servedCredential(folded.snapshot, key("big"))?.data).to.equal(before?.data);
    folded.take(...reset(pair("C2", "K2", 7), "9"));
    expect(folded.served).to.deep.equal({ big: "cert=C2 key=K2" });
    folded.take(...reset([], "10"));
    expect(folded.served).to.deep.equal({});
  });

  it("serves a Secret with the name of the assembled credential, and reports it", () => {
    const plain = credential("big", { data: { own: "1" } });
    const folded = new Folded().puts(...pair("C", "K", 1), plain);
    expect(folded.served).to.deep.equal({ big: "own=1 DUPLICATE_NAME" });
    expect(folded.take(remove("big", "9")).served).to.deep.equal({ big: "cert=C key=K" });
  });

  it("accepts a part that has the name of the assembled credential", () => {
    const [zero, one] = pair("C", "K", 1);
    expect(new Folded().puts({ ...zero, name: "big" }, one).served).to.deep.equal({ big: "cert=C key=K" });
  });

  it("ignores a copy of a part and refuses two that differ", () => {
    const [zero, one] = pair("C", "K", 1);
    expect(new Folded().puts(zero, one, { ...one, name: "copy" }).served).to.deep.equal({
      big: "cert=C key=K",
    });
    expect(new Folded().puts(zero, one, { ...zero, name: "other", data: one.data }).served).to.deep.equal({
      big: "cert=C key=K PARTS_INCOMPLETE outdated",
    });
  });

  it("serves a Secret that stops being a part under its own name, and the other way round", () => {
    const [zero, one] = pair("C", "K", 1);
    const folded = new Folded().puts(zero, one, { ...zero, part: undefined, resourceVersion: "5" });
    expect(folded.served).to.deep.equal({ "big-0": "cert=C", big: "cert=C key=K PARTS_INCOMPLETE outdated" });
    expect(folded.puts({ ...zero, resourceVersion: "6" }).served).to.deep.equal({ big: "cert=C key=K" });
    expect(folded.changedKeys).to.include.members([key("big-0"), key("big")]);
  });

  it("keeps the credential when a part can no longer be decoded, with the problem", () => {
    const folded = new Folded().puts(...pair("C", "K", 1));
    expect(folded.take(put(undecodable("big-1", "5"))).served).to.deep.equal({
      big: "cert=C key=K BAD_BASE64 outdated",
    });
  });

  it("parts namespaces from each other", () => {
    const [zero, one] = pair("C", "K", 1);
    expect(new Folded().puts(zero, { ...one, namespace: "other" }).served).to.deep.equal({
      big: "(PARTS_INCOMPLETE)",
    });
  });

  it("does nothing when no part changed", () => {
    const folded = new Folded().puts(...pair("C", "K", 1));
    const { assembled } = folded.snapshot;
    expect(folded.puts(credential("other")).snapshot.assembled).to.equal(assembled);
  });
});
