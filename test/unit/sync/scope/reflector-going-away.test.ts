/** GOAWAY: the next watch is opened before the old one is let go. */
import { expect } from "chai";
import { SyncError } from "../../../../src/sync/port/sync-error.ts";
import type { Lab } from "../../../support/marbles-lab.ts";
import { sendsBookmarks, syncedLab } from "../../../support/marbles-lab.ts";
import { GOING_AWAY, OPEN, put, replyList } from "../../../support/marbles-signals.ts";

describe("reflector: GOAWAY", () => {
  it("scenario 35: opens the next watch within 2 s while the old one delivers, and drops the old one then", () => {
    for (const roll of [0, 0.5, 0.999]) {
      const lab = leaving({ random: () => roll });
      lab.advanceTo(10_000 + roll * 2_000);
      expect(lab.rounds.slice(1)).to.deep.equal([`${String(10_000 + roll * 2_000)} watch 20`]);
      lab.watch(0).reply.next(put("a", 25));
      expect(lab.watch(0).isClosed).to.equal(false);
      lab.watch(1).reply.next(OPEN);
      expect(lab.watch(0).isClosed).to.equal(true);
      lab.watch(1).reply.next(put("a", 25));
      lab.watch(1).reply.next(put("b", 26));
      expect(lab.story).to.deep.equal(["put a@25", "put a@25", "put b@26"]);
      expect(lab.countedOf("restart")).to.deep.equal(["restart going_away"]);
    }
  });

  it("scenario 54: tries the successor every 2 s, so that no gap is longer once a server listens", () => {
    const refuse = new SyncError("unreachable", "ECONNREFUSED");
    const lab = leaving({ random: () => 0 });
    for (let attempt = 1; attempt <= 10; attempt += 1) {
      lab.watch(attempt).reply.error(refuse);
      lab.advanceBy(2_000);
    }
    expect(lab.watches.slice(1).map((call) => call.atMs - 10_000)).to.deep.equal(
      Array.from({ length: 11 }, (_, index) => index * 2_000),
    );
    expect(lab.watch(0).isClosed).to.equal(false);
    lab.watch(11).reply.next(OPEN);
    lab.advanceBy(1_000);
    expect(lab.story).to.deep.equal(["trouble UNREACHABLE", "trouble over"]);
    expect(lab.lists).to.have.length(0);
  });

  it("counts the 2 s from the start of an attempt that took its time to fail", () => {
    const lab = leaving({ random: () => 0 });
    lab.advanceTo(11_500).watch(1).reply.error(new SyncError("timeout", "no byte for 10 s"));
    lab.advanceTo(12_000);
    expect(lab.rounds.at(-1)).to.equal("12000 watch 20");
  });

  it("does not hammer a server that refuses for another reason", () => {
    const forbidden = new SyncError("forbidden", "403");
    const lab = leaving({
      random: () => 1 - 1e-9,
      script: { watch: (call, index) => index > 0 && call.reply.error(forbidden) },
    });
    lab.advanceTo(70_000);
    expect(lab.watches.length).to.be.within(5, 9);
    expect(lab.diagnosed).to.have.length(1);
  });

  it("opens the successor when it was due if the old watch ends before", () => {
    const lab = leaving({ random: () => 0.5 });
    lab.advanceTo(10_400).watch(0).reply.complete();
    lab.advanceTo(10_999);
    expect(lab.watches).to.have.length(1);
    lab.advanceTo(11_000);
    expect(lab.rounds.slice(1)).to.deep.equal(["11000 watch 20"]);
  });

  it("goes on with a successor that is being opened when the old watch breaks", () => {
    const lab = leaving({ random: () => 0 });
    lab.watch(0).reply.error(new SyncError("reset", "cut"));
    lab.watch(1).reply.next(OPEN);
    lab.watch(1).reply.next(put("a", 25));
    expect(lab.watches).to.have.length(2);
    expect(lab.story).to.deep.equal(["put a@25"]);
  });

  it("retries like any watch when both fail", () => {
    const lab = leaving({ random: () => 0 });
    lab.watch(0).reply.complete();
    lab.watch(1).reply.error(new SyncError("unreachable", "ECONNREFUSED"));
    lab.advanceBy(400);
    expect(lab.watches.length).to.be.at.least(3);
  });

  it("lists when the successor's version is too old (a new server starts its history now)", () => {
    const lab = leaving({ random: () => 0 });
    lab.watch(1).reply.next(OPEN);
    lab.watch(1).reply.error(new SyncError("expired", "410"));
    replyList(lab.list(0), 50, { a: 7, b: 9 });
    expect(lab.rounds.slice(2)).to.deep.equal(["10000 list 20", "10000 watch 50"]);
  });

  it("lists and lets go of both watches when the successor is refused for its version", () => {
    const lab = leaving({ random: () => 0 });
    lab.watch(1).reply.error(new SyncError("expired", "410"));
    expect(lab.watch(0).isClosed).to.equal(true);
    expect(lab.rounds.slice(2)).to.deep.equal(["10000 list 20"]);
  });

  it("handles it once", () => {
    const lab = leaving({ random: () => 0 });
    lab.watch(0).reply.next(GOING_AWAY);
    lab.watch(0).reply.next(GOING_AWAY);
    lab.advanceBy(10_000);
    expect(lab.watches).to.have.length(2);
  });

  it("lets go of the successor too when the old watch shows that a list is needed", () => {
    const lab = leaving({ random: () => 0 });
    lab.watch(0).reply.error(new SyncError("malformed", "half a line"));
    expect(lab.watch(1).isClosed).to.equal(true);
    lab.advanceBy(1_000);
    expect(lab.rounds.slice(2)).to.deep.equal(["10400 list"]);
  });

  it("handles it also before the watch is answered and during the initial events", () => {
    const opening = syncedLab({ random: () => 0 });
    opening.watch(0).reply.next(put("a", 21));
    opening.watch(0).reply.complete();
    opening.watch(1).reply.next(GOING_AWAY);
    opening.watch(1).reply.next(OPEN);
    opening.advanceBy(0);
    expect(opening.watches).to.have.length(3);
  });
});

function leaving(options: Parameters<typeof syncedLab>[0]): Lab {
  const lab = syncedLab({ traits: sendsBookmarks(), ...options });
  lab.advanceTo(10_000).watch(0).reply.next(GOING_AWAY);
  return lab.advanceTo(10_000);
}
