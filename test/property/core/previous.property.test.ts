/**
 * The overlap of a rotation, whatever happens meanwhile: 1,000 random rotations between label edits, relists, deletes and
 * recreates, read as `Get(PREVIOUS)` reads it at the last moment of the overlap and at the first after it.
 */
import { expect } from "chai";
import fc from "fast-check";
import { ALLOW_ALL } from "../../../src/core/select/policy.ts";
import type { SyncEvent } from "../../../src/core/snapshot/sync-event.ts";
import { DEFAULT_DECODE_OPTIONS } from "../../../src/source/decode/decode-secret.ts";
import { createJoinParts } from "../../../src/source/decode/join-parts.ts";
import { Store } from "../../../src/store/store.ts";
import { collectGarbage } from "../../support/collect-garbage.ts";
import { credential, key, put, remove, reset, SCOPES } from "../../support/core/credentials.ts";
import { ManualTime } from "../../support/core/manual-time.ts";

const HOUR_MS = 3_600_000;
const DEFAULT_MS = HOUR_MS;
const MAX_MS = 3 * HOUR_MS;

/** What an annotation means, by the documentation. */
const OVERLAPS: Readonly<Record<string, number>> = {
  unset: DEFAULT_MS,
  "0": 0,
  "90s": 90_000,
  "2h": 2 * HOUR_MS,
  "30d": MAX_MS,
  nonsense: DEFAULT_MS,
};

type Step =
  | { readonly kind: "rotate" | "annotate"; readonly overlap: string }
  | { readonly kind: "label" | "relist" | "recreate" | "delete" }
  | { readonly kind: "wait"; readonly ms: number };

/** The documentation as a program: what may be read now. */
class Model {
  value: string | undefined;
  previous: { readonly value: string; readonly replacedAtMs: number } | undefined;
  overlap = "unset";
  label = 0;
  uid = 0;

  endsAtMs(): number {
    return (this.previous?.replacedAtMs ?? 0) + (OVERLAPS[this.overlap] ?? 0);
  }

  readable(nowMs: number): string | undefined {
    return this.previous !== undefined && nowMs < this.endsAtMs() ? this.previous.value : undefined;
  }

  /** An edit keeps what is there: what has ended by then does not return with a longer overlap. */
  edit(nowMs: number): void {
    if (this.readable(nowMs) === undefined) this.previous = undefined;
  }
}

class Drill {
  readonly time = new ManualTime();
  readonly store = new Store({
    clock: this.time,
    timers: this.time,
    scopes: SCOPES,
    namespaces: { kind: "fixed", only: "shop" },
    limits: { maxCredentials: 100, maxBytes: 1e9 },
    lifetimes: { previousForMs: DEFAULT_MS, previousMaxMs: MAX_MS },
    joinParts: createJoinParts(DEFAULT_DECODE_OPTIONS),
    newEpoch: () => "epoch",
    relist: () => undefined,
    prove: () => Promise.resolve({ ok: true }),
    metrics: { event: () => undefined, dropped: () => undefined, changeServed: () => undefined },
    log: () => undefined,
  });
  readonly view = this.store.addConsumer("web", ALLOW_ALL);
  readonly model = new Model();
  rotations = 0;
  #version = 1;

  constructor() {
    this.take(...reset([]));
  }

  take(...events: readonly SyncEvent[]): void {
    for (const event of events) this.store.apply(event);
  }

  do(step: Step): void {
    const { model, time } = this;
    const nowMs = time.nowMs();
    this.#version += 1;
    switch (step.kind) {
      case "wait":
        time.advance(step.ms);
        return;
      case "rotate": {
        this.rotations += 1;
        const before = model.value;
        model.overlap = step.overlap;
        model.value = `value-${String(this.#version)}`;
        model.previous = before === undefined ? undefined : { value: before, replacedAtMs: nowMs };
        break;
      }
      case "annotate":
        model.edit(nowMs);
        model.overlap = step.overlap;
        break;
      case "label":
        model.label += 1;
        break;
      case "relist":
        this.take(...reset(model.value === undefined ? [] : [this.#secret()], String(this.#version)));
        return;
      case "recreate":
        model.uid += 1;
        model.previous = undefined;
        break;
      case "delete":
        if (model.value !== undefined)
          this.take(remove("db", String(this.#version), `uid-${String(model.uid)}`));
        model.value = undefined;
        model.previous = undefined;
        return;
    }
    model.edit(nowMs);
    if (model.value !== undefined) this.take(put(this.#secret()));
  }

  #secret(): ReturnType<typeof credential> {
    const { value = "", overlap, label, uid } = this.model;
    return credential("db", {
      uid: `uid-${String(uid)}`,
      resourceVersion: String(this.#version),
      data: { password: value },
      labels: { edit: String(label) },
      annotations: overlap === "unset" ? {} : { "podkey.dev/previous-for": overlap },
    });
  }

  check(): void {
    const entry = this.view.current()?.entries.get(key("db"));
    const previous = entry?.previous;
    const nowMs = this.time.nowMs();
    const isReadable = previous !== undefined && previous.untilMonotonicMs > nowMs;
    const read = isReadable
      ? Buffer.from(previous.data.get("password")?.reveal() ?? []).toString()
      : undefined;
    expect(read).to.equal(this.model.readable(nowMs));
    if (isReadable) expect(previous.untilMonotonicMs).to.equal(this.model.endsAtMs());
    // What cannot be read is not in memory either.
    else expect(previous).to.equal(undefined);
  }

  /** Reads now, at the last millisecond of the overlap, and at the first after it. */
  checkAround(): void {
    this.check();
    const { model, time } = this;
    const leftMs = model.endsAtMs() - time.nowMs();
    if (model.readable(time.nowMs()) === undefined || leftMs > HOUR_MS / 4) return;
    time.advance(leftMs - 1);
    this.check();
    time.advance(1);
    this.check();
  }
}

const overlap = fc.constantFrom(...Object.keys(OVERLAPS));
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("rotate" as const), overlap }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("annotate" as const), overlap }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("label" as const, "relist" as const, "recreate" as const, "delete" as const),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("wait" as const),
      ms: fc.oneof(fc.nat(1000), fc.nat(HOUR_MS), fc.constantFrom(90_000, HOUR_MS, 2 * HOUR_MS, MAX_MS)),
    }),
  },
);

describe("previous data, on any history", () => {
  it("can be read until its overlap ends and never after, over at least 1,000 rotations", () => {
    let rotations = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 60, size: "max" }), (steps) => {
        const drill = new Drill();
        for (const one of steps) {
          drill.do(one);
          drill.checkAround();
        }
        rotations += drill.rotations;
        drill.store.stop();
      }),
      { numRuns: 150 },
    );
    expect(rotations).to.be.above(1000);
  });

  it("leaves no memory behind after 1,000 rotations of 64 KiB", () => {
    const drill = new Drill();
    const rotate = (): void => {
      drill.do({ kind: "rotate", overlap: "90s" });
      drill.take(
        put(
          credential("big", {
            resourceVersion: String(10_000 + drill.rotations),
            data: { k: "x".repeat(65_536) + String(drill.rotations) },
          }),
        ),
      );
    };
    rotate();
    const baseBytes = heldBytes();
    for (let round = 0; round < 1000; round += 1) {
      rotate();
      drill.time.advance(round % 7 === 0 ? 90_001 : 500);
    }
    expect(heldBytes() - baseBytes, "in the midst").to.be.below(1_000_000);
    drill.time.advance(2 * HOUR_MS);
    expect(Math.abs(heldBytes() - baseBytes), "at the end").to.be.below(70_000);
    expect(drill.time.pending).to.be.at.most(1);
    drill.store.stop();
  }).timeout(20_000);
});

function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}
