/** Proofs by names and versions: on demand, by anti-entropy, and what follows from a difference. */
import { expect } from "chai";
import type { ProofOutcome } from "../../../../src/core/view/consumer-view.ts";
import { SyncError } from "../../../../src/sync/port/sync-error.ts";
import { Lab, syncedLab } from "../../../support/marbles-lab.ts";
import {
  OPEN,
  put,
  remove,
  replyList,
  replyWatchList,
  versionList,
} from "../../../support/marbles-signals.ts";

describe("reflector: proof on demand", () => {
  it("proves by one metadata list that is equal to what is held", () => {
    const lab = syncedLab();
    const outcomes = ask(lab);
    lab.versions(0).reply.next(versionList(30, { a: 7, b: 9 }));
    expect(outcomes).to.deep.equal([{ ok: true }]);
    expect(lab.story).to.deep.equal(["proof"]);
  });

  it("shares one request between all who wait and asks at most once a second", () => {
    const lab = syncedLab();
    const first = [ask(lab), ask(lab), ask(lab)];
    lab.versions(0).reply.next(versionList(30, { a: 7, b: 9 }));
    expect(first).to.deep.equal([[{ ok: true }], [{ ok: true }], [{ ok: true }]]);
    const second = ask(lab);
    lab.advanceTo(999);
    expect(lab.versionLists).to.have.length(1);
    lab.advanceTo(1_000);
    lab.versions(1).reply.next(versionList(30, { a: 7, b: 9 }));
    expect(second).to.deep.equal([{ ok: true }]);
    expect(lab.versionLists).to.have.length(2);
  });

  it("waits up to 2 s for the watch to bring the difference", () => {
    const lab = syncedLab();
    const outcomes = ask(lab);
    lab.versions(0).reply.next(versionList(30, { a: 25, c: 28 }));
    lab.at(500, () => lab.watch(0).reply.next(put("a", 25)));
    lab.at(800, () => lab.watch(0).reply.next(remove("b", 27)));
    lab.advanceTo(1_900);
    expect(outcomes).to.deep.equal([]);
    lab.watch(0).reply.next(put("c", 31));
    expect(outcomes).to.deep.equal([{ ok: true }]);
    expect(lab.lists).to.have.length(0);
    expect(lab.counted).not.to.include("divergence");
  });

  it("does not mistake what the watch brought during the request for a difference", () => {
    const lab = syncedLab();
    const outcomes = ask(lab);
    lab.watch(0).reply.next(put("a", 40));
    lab.watch(0).reply.next(remove("b", 41));
    lab.watch(0).reply.next(put("c", 42));
    // A read that was cut before all of it and arrives late.
    lab.versions(0).reply.next(versionList(39, { a: 7, b: 9 }));
    expect(outcomes).to.deep.equal([{ ok: true }]);
  });

  it("scenario 44: finds what the watch cache lost, repairs it by one list and proves by that", () => {
    const lab = syncedLab();
    const outcomes = ask(lab);
    lab.versions(0).reply.next(versionList(30, { a: 25, b: 9 }));
    lab.advanceTo(2_000);
    expect(lab.counted).to.deep.equal(["divergence"]);
    expect(outcomes).to.deep.equal([]);
    replyList(lab.list(0), 31, { a: 25, b: 9 });
    expect(outcomes).to.deep.equal([{ ok: true }]);
    expect(lab.story).to.deep.equal(["begin proof", "item a@25", "item b@9", "end 31"]);
  });

  it("leaves it to a list that is under way when the metadata list arrives", () => {
    const lab = syncedLab();
    const outcomes = ask(lab);
    lab.reflector.relist("limit");
    lab.versions(0).reply.next(versionList(30, { a: 25, b: 9 }));
    lab.advanceTo(5_000);
    expect(lab.counted).not.to.include("divergence");
    replyList(lab.list(0), 31, { a: 25, b: 9 });
    expect(outcomes).to.deep.equal([{ ok: true }]);
  });

  it("takes a version of ours that the list should know better for a difference", () => {
    const lab = syncedLab();
    ask(lab);
    lab.versions(0).reply.next(versionList(30, { a: 6, b: 9 }));
    lab.advanceTo(2_000);
    expect(lab.counted).to.deep.equal(["divergence"]);
  });

  it("does not list repeatedly for a difference that a list does not repair", () => {
    const lab = syncedLab();
    const differ = (): void =>
      lab.versions(-1).reply.next(versionList(lab.nowMs + 100, { a: 7, b: 9, x: 8 }));
    ask(lab);
    differ();
    lab.advanceBy(2_000);
    replyList(lab.list(0), 40, { a: 7, b: 9 });
    lab.watch(1).reply.next(OPEN);
    const outcomes = ask(lab);
    differ();
    lab.advanceBy(2_000);
    expect(outcomes).to.deep.equal([{ ok: false, reason: "SOURCE_ERROR" }]);
    expect(lab.lists).to.have.length(1);
  });

  it("scenario 51: sends no storm into a black hole, and answers everyone within 10 s", () => {
    const lab = syncedLab();
    const outcomes = Array.from({ length: 1_000 }, () => ask(lab));
    lab.advanceTo(9_999);
    expect(lab.versionLists).to.have.length(1);
    expect(outcomes.flat()).to.have.length(0);
    lab.advanceTo(10_000);
    expect(outcomes.flat()).to.have.length(1_000);
    expect(outcomes.flat().every((outcome) => !outcome.ok && outcome.reason === "SILENT")).to.equal(true);
  });

  it("asks nothing of a source in trouble, and asks when the watch has settled", () => {
    const lab = syncedLab({ random: () => 0 });
    lab.watch(0).reply.error(new SyncError("unreachable", "ECONNREFUSED"));
    const outcomes = ask(lab);
    expect(lab.versionLists).to.have.length(0);
    lab.watch(1).reply.next(OPEN);
    lab.advanceTo(1_000);
    lab.versions(0).reply.next(versionList(20, { a: 7, b: 9 }));
    expect(outcomes).to.deep.equal([{ ok: true }]);
  });

  it("names the trouble when it lasts longer than the patience", () => {
    const lab = syncedLab({
      script: { watch: (call, index) => index > 0 && call.reply.error(new SyncError("forbidden", "")) },
    });
    lab.watch(0).reply.error(new SyncError("forbidden", "403"));
    const outcomes = ask(lab);
    lab.advanceTo(10_000);
    expect(outcomes).to.deep.equal([{ ok: false, reason: "FORBIDDEN" }]);
  });

  it("retries a failed metadata list with a growing delay while a caller waits", () => {
    const lab = syncedLab({
      script: { versions: (call) => call.reply.error(new SyncError("throttled", "429")) },
    });
    const outcomes = ask(lab);
    lab.advanceTo(60_000);
    expect(lab.versionLists.map((call) => call.atMs)).to.deep.equal([0, 1_000, 3_000, 7_000]);
    expect(outcomes).to.deep.equal([{ ok: false, reason: "THROTTLED" }]);
  });

  it("answers by the first list where it is not synced yet", () => {
    const lab = new Lab().start();
    const outcomes = ask(lab);
    replyWatchList(lab.watch(0), 20, {});
    expect(outcomes).to.deep.equal([{ ok: true }]);
    expect(lab.versionLists).to.have.length(0);
  });

  it("answers STARTING before a subscription to the events", () => {
    const outcomes: ProofOutcome[] = [];
    new Lab().reflector.prove().subscribe((outcome) => outcomes.push(outcome));
    expect(outcomes).to.deep.equal([{ ok: false, reason: "STARTING" }]);
  });

  it("serves a caller who asks again from within an answer", () => {
    const lab = syncedLab({
      script: { versions: (call) => call.reply.next(versionList(20, { a: 7, b: 9 })) },
    });
    const outcomes: ProofOutcome[] = [];
    const askAgain = (): void => void lab.reflector.prove().subscribe((outcome) => outcomes.push(outcome));
    lab.reflector.prove().subscribe(askAgain);
    lab.advanceTo(1_000);
    expect(outcomes).to.deep.equal([{ ok: true }]);
  });

  it("lists to detect rewound history when the metadata list is older than our version", () => {
    const lab = syncedLab();
    ask(lab);
    lab.versions(0).reply.next(versionList(5, { a: 3 }));
    expect(lab.rounds.slice(1)).to.deep.equal(["0 list"]);
    expect(lab.counted).not.to.include("divergence");
  });
});

describe("reflector: anti-entropy", () => {
  it("scenario 44: compares every 30 min ±20 % and repairs what was lost in one round", () => {
    for (const [roll, atMs] of [
      [0, 1_440_000],
      [0.5, 1_800_000],
    ] as const) {
      const lab = syncedLab({
        random: () => roll,
        antiEntropyMs: 1_800_000,
        script: { list: (call) => replyList(call, 20, { a: 7, b: 9, c: 8 }) },
      });
      for (let minute = 1; minute < 31; minute += 1)
        lab.at(minute * 60_000, () => {
          lab.watches.at(-1)?.reply.next(OPEN);
          lab.watches
            .at(-1)
            ?.reply.next({ kind: "bookmark", resourceVersion: "20", initialEventsEnd: false });
        });
      lab.advanceTo(atMs - 1);
      expect(lab.versionLists).to.have.length(0);
      lab.advanceTo(atMs);
      lab.versions(0).reply.next(versionList(20, { a: 7, b: 9, c: 8 }));
      lab.advanceBy(2_000);
      expect(lab.countedOf("relist")).to.deep.equal(["relist anti_entropy"]);
      expect(lab.counted.filter((line) => line === "divergence")).to.have.length(1);
      lab.stop();
    }
  });
});

function ask(lab: Lab): ProofOutcome[] {
  const outcomes: ProofOutcome[] = [];
  lab.reflector.prove().subscribe((outcome) => outcomes.push(outcome));
  return outcomes;
}
