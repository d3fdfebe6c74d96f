/**
 * Sets of parts in any order, with missing, extra, doubled, damaged, stale and late parts, through puts, removes and
 * relists: what is served is always one of the credentials that were split, complete, and in the end it is the newest.
 */
import { expect } from "chai";
import fc from "fast-check";
import { applyEvent } from "../../../src/core/snapshot/apply-event.ts";
import type { Credential } from "../../../src/core/credential/credential.ts";
import { assembleParts } from "../../../src/core/snapshot/part-sets.ts";
import { ALLOW_ALL } from "../../../src/core/select/policy.ts";
import { SecretValue } from "../../../src/core/credential/secret-value.ts";
import { servedCredential, servedEntries } from "../../../src/core/snapshot/served.ts";
import type { Snapshot } from "../../../src/core/snapshot/snapshot.ts";
import { EMPTY_SNAPSHOT } from "../../../src/core/snapshot/snapshot.ts";
import type { SyncEvent } from "../../../src/core/snapshot/sync-event.ts";
import { firstView, foldView } from "../../../src/core/view/view-fold.ts";
import { DEFAULT_DECODE_OPTIONS } from "../../../src/source/decode/decode-secret.ts";
import { createJoinParts } from "../../../src/source/decode/join-parts.ts";
import { credential, key, put, remove, reset } from "../../support/core/credentials.ts";
import { partsOf, wholeHash } from "../../support/core/parts.ts";

const LIMITS = { maxCredentials: 1000, maxBytes: 1e9 };
const CANARY = "cAnArY";
const join = createJoinParts(DEFAULT_DECODE_OPTIONS);

/** What a damaged part may look like. */
const DAMAGES = ["none", "value", "key", "empty", "index", "hash"] as const;

type Step =
  /** Writes one part of a generation, under its usual name or another. */
  | {
      readonly kind: "write";
      readonly generation: number;
      readonly index: number;
      readonly damage: (typeof DAMAGES)[number];
      readonly aside: boolean;
      /** No event comes of it: the next list finds it. */
      readonly missed: boolean;
    }
  | { readonly kind: "remove"; readonly at: number }
  | { readonly kind: "relist" }
  /** An old event comes once more. */
  | { readonly kind: "stale"; readonly back: number };

const COUNT = 3;

function dataOf(generation: number): Readonly<Record<string, string>> {
  return {
    cert: `${CANARY}-cert-${String(generation)}`,
    key: `${CANARY}-key-${String(generation)}`,
    pin: "1",
  };
}

/** Generation g in three parts; one value is split. */
function generationOf(generation: number): readonly Credential[] {
  const { cert = "", key: secret = "", pin = "" } = dataOf(generation);
  const pieces = [{ "cert.0": cert.slice(0, 5) }, { "cert.1": cert.slice(5), pin }, { key: secret }];
  return partsOf("big", pieces, HASHES[generation] ?? "");
}

const HASHES = [0, 1, 2, 3].map((generation) => wholeHash(dataOf(generation)));

function damaged(part: Credential, damage: (typeof DAMAGES)[number]): Credential {
  const { part: place } = part;
  if (place === undefined) return part;
  const first = [...part.data.keys()][0] ?? "";
  const other = new SecretValue(Buffer.from(`${CANARY}-other`));
  switch (damage) {
    case "none":
      return part;
    case "value":
      return { ...part, data: new Map([...part.data, [first, other]]) };
    case "key":
      return { ...part, data: new Map([...part.data, ["extra", other]]) };
    case "empty":
      return { ...part, data: new Map() };
    case "index":
      return { ...part, part: { ...place, index: (place.index + 1) % COUNT } };
    case "hash":
      return { ...part, part: { ...place, sha256: "0".repeat(64) } };
  }
}

class World {
  snapshot: Snapshot = EMPTY_SNAPSHOT;
  readonly input = {
    policy: ALLOW_ALL,
    lifetimes: { previousForMs: 0, previousMaxMs: 0 },
    nowMs: 0,
    wallMs: 0,
  };
  view = firstView(this.snapshot, this.input).view;
  readonly #objects = new Map<string, Credential>();
  readonly #sent: SyncEvent[] = [];
  #version = 1;

  do(step: Step): void {
    switch (step.kind) {
      case "write": {
        const part = generationOf(step.generation)[step.index];
        if (part === undefined) return;
        const name = step.aside ? `aside-${String(step.index)}` : part.name;
        this.write(damaged(part, step.damage), name, step.missed);
        return;
      }
      case "remove": {
        const names = [...this.#objects.keys()];
        const name = names[step.at % Math.max(1, names.length)];
        if (name !== undefined) this.removePart(name);
        return;
      }
      case "relist":
        this.#take(...reset([...this.#objects.values()], String(this.#version)));
        return;
      case "stale": {
        const event = this.#sent.at(-1 - step.back);
        if (event !== undefined) this.#take(event);
      }
    }
  }

  write(part: Credential, name: string, isMissed = false): void {
    this.#version += 1;
    const item = { ...part, name, uid: `uid-${name}`, resourceVersion: String(this.#version) };
    this.#objects.set(name, item);
    if (!isMissed) this.#send(put(item));
  }

  removePart(name: string): void {
    this.#version += 1;
    this.#objects.delete(name);
    this.#send(remove(name, String(this.#version), `uid-${name}`));
  }

  get names(): readonly string[] {
    return [...this.#objects.keys()];
  }

  /** The assembled credential in the view of the consumer. */
  served(): Readonly<Record<string, string>> | undefined {
    const shown = this.view.entries.get(key("big"))?.credential;
    if (shown === undefined) return undefined;
    return Object.fromEntries(
      [...shown.data].map(([name, value]) => [name, Buffer.from(value.reveal()).toString()]),
    );
  }

  #send(event: SyncEvent): void {
    this.#sent.push(event);
    this.#take(event);
  }

  #take(...events: readonly SyncEvent[]): void {
    for (const event of events) {
      const applied = assembleParts(this.snapshot, applyEvent(this.snapshot, event, LIMITS), join);
      this.snapshot = applied.snapshot;
      this.view = foldView(this.view, this.snapshot, applied.changedKeys, this.input)?.view ?? this.view;
    }
  }

  /** What must hold at every moment. */
  check(): void {
    const served = this.served();
    if (served !== undefined) {
      const generation = Number(/-(\d+)$/.exec(served["cert"] ?? "")?.[1]);
      expect(served).to.deep.equal(dataOf(generation));
    }
    // No part under a name of its own, no view behind the snapshot, no value and no digest in words.
    expect([...this.view.entries.keys()].filter((one) => one !== key("big"))).to.deep.equal([]);
    expect(this.view.entries.get(key("big"))?.credential.data).to.equal(
      servedCredential(this.snapshot, key("big"))?.data,
    );
    for (const [, { credential: one, undecodable }] of servedEntries(this.snapshot)) {
      const words = JSON.stringify([one?.problems, undecodable?.problem]);
      expect(words).not.to.contain(CANARY);
      for (const hash of HASHES) expect(words).not.to.contain(hash.slice(0, 10));
    }
    if (this.names.length === 0) expect(this.snapshot.assembled.size).to.equal(0);
  }
}

const generation = fc.nat(3);
const index = fc.nat(COUNT - 1);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant("write" as const),
      ...{ generation, index },
      damage: fc.oneof({ weight: 6, arbitrary: fc.constant("none" as const) }, fc.constantFrom(...DAMAGES)),
      aside: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
      missed: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("remove" as const), at: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.constant({ kind: "relist" as const }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("stale" as const), back: fc.nat(6) }) },
);
const steps = fc.array(step, { minLength: 1, maxLength: 40, size: "max" });

describe("a credential in parts, on any history", () => {
  it("is always one that was split, and the newest once its parts are written", () => {
    fc.assert(
      fc.property(
        steps,
        generation,
        fc.shuffledSubarray([0, 1, 2], { minLength: 3 }),
        (history, last, order) => {
          const world = new World();
          for (const one of history) {
            world.do(one);
            world.check();
          }
          world.do({ kind: "relist" });
          world.check();
          // A rotation to its end, its parts in any order: what earlier ones left does not matter.
          for (const name of world.names.filter((one) => one.startsWith("aside"))) world.removePart(name);
          for (const at of order) {
            const part = generationOf(last)[at];
            if (part !== undefined) world.write(part, part.name);
            world.check();
          }
          expect(world.served()).to.deep.equal(dataOf(last));
          expect(world.view.entries.get(key("big"))?.credential.problems).to.deep.equal([]);
          for (const name of world.names) world.removePart(name);
          world.check();
          expect(world.served()).to.equal(undefined);
        },
      ),
      { numRuns: 200 },
    );
  }).timeout(20_000);

  it("does not care in which order the parts of one set come", () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2], { minLength: 3 }), fc.boolean(), (order, twice) => {
        const world = new World();
        for (const at of twice ? [...order, ...order] : order) {
          const part = generationOf(1)[at];
          if (part !== undefined) world.write(part, part.name);
        }
        expect(world.served()).to.deep.equal(dataOf(1));
      }),
    );
  });

  it("keeps ordinary credentials as they are", () => {
    const world = new World();
    world.write(credential("plain"), "plain");
    expect([...world.view.entries.keys()]).to.deep.equal([key("plain")]);
    expect(world.snapshot.assembled.size).to.equal(0);
  });
});
