/** A watch that ended goes on where it stood: when, from which version, and how never too often. */
import { expect } from "chai";
import { SyncError } from "../../../../src/sync/port/sync-error.ts";
import { Lab, refusesWatchList, syncedLab } from "../../../support/marbles-lab.ts";
import { bookmark, OPEN, put, remove, replyList } from "../../../support/marbles-signals.ts";

describe("reflector: resume", () => {
  it("scenario 06: resumes after a clean end without a list, within 250 ms", () => {
    const lab = syncedLab();
    everyMinute(lab, 300_000, () => lab.watch(0).reply.next(bookmark(20)));
    lab.advanceTo(300_000).events.length = 0;
    lab.watch(0).reply.complete();
    lab.advanceBy(250);
    expect(lab.rounds).to.deep.equal(["0 watch-list", "300125 watch 20"]);
    expect(lab.story).to.deep.equal([]);
    expect(lab.countedOf("restart")).to.deep.equal(["restart end"]);
  });

  it("resumes from the last event, removal or bookmark, whichever is the newest", () => {
    const lab = syncedLab();
    lab.watch(0).reply.next(put("a", 30));
    lab.watch(0).reply.next(remove("b", 31));
    lab.watch(0).reply.next(bookmark(40));
    lab.watch(0).reply.next(put("c", 39));
    lab.watch(0).reply.complete();
    lab.advanceBy(250);
    expect(lab.watch(1).request).to.deep.include({ resourceVersion: "40", initialEvents: false });
    expect(lab.story).to.deep.equal(["put a@30", "remove b@31", "proof", "put c@39"]);
  });

  it("scenario 24: after hours of bookmarks only, resumes from the last of them", () => {
    const lab = syncedLab();
    for (let minute = 1; minute <= 7; minute += 1) {
      lab.advanceTo(minute * 60_000);
      lab.watch(-1).reply.next(bookmark(20 + minute));
    }
    lab.watch(-1).reply.complete();
    lab.advanceBy(250);
    expect(lab.watch(-1).request.resourceVersion).to.equal("27");
    expect(lab.lists).to.have.length(0);
    expect(new Set(lab.story)).to.deep.equal(new Set(["proof"]));
  });

  it("scenario 08: resumes within 0 to 2 s at the same version after the connection broke off", () => {
    for (const roll of [0, 0.25, 0.999]) {
      const lab = syncedLab({ random: () => roll });
      lab.advanceTo(50_000);
      lab.watch(0).reply.error(new SyncError("reset", "ECONNRESET"));
      lab.advanceBy(2_000);
      expect(lab.watch(1).atMs - 50_000).to.equal(roll * 2_000);
      expect(lab.watch(1).request.resourceVersion).to.equal("20");
      expect(lab.story).to.deep.equal(["trouble UNREACHABLE"]);
    }
  });

  it("reports recovery once a watch has been open for a second", () => {
    const lab = syncedLab({ random: () => 0 });
    lab.watch(0).reply.error(new SyncError("reset", "ECONNRESET"));
    lab.watch(1).reply.next(OPEN);
    lab.advanceBy(999);
    expect(lab.story).to.deep.equal(["trouble UNREACHABLE"]);
    lab.advanceBy(1);
    expect(lab.story).to.deep.equal(["trouble UNREACHABLE", "trouble over"]);
  });

  it("scenario 09: goes on trying for as long as the server refuses connections, at most 30 s apart", () => {
    const refuse = new SyncError("unreachable", "ECONNREFUSED");
    const lab = syncedLab({
      random: () => 1 - 1e-9,
      script: { watch: (call, index) => index > 0 && call.reply.error(refuse) },
    });
    lab.advanceTo(1_000).watch(0).reply.error(refuse);
    lab.advanceTo(181_000);
    const gaps = lab.watches.slice(2).map((call, index) => Math.round(call.atMs - lab.watch(index + 1).atMs));
    expect(gaps).to.deep.equal(
      [800, 1600, 3200, 4000, 8000, 16000, 30000, 30000, 30000, 30000].slice(0, gaps.length),
    );
    expect(lab.story).to.deep.equal(["trouble UNREACHABLE"]);
  });

  it("scenario 07: never hot-loops on a server that ends every watch at once", () => {
    for (const roll of [0, 0.5, 1 - 1e-9]) {
      const lab = new Lab({
        random: () => roll,
        traits: refusesWatchList(),
        script: {
          list: (call) => replyList(call, 20, { a: 7 }),
          watch: (call) => {
            call.reply.next(OPEN);
            call.reply.complete();
          },
        },
      }).start();
      lab.advanceTo(5_000);
      expect(lab.watches.length).to.be.within(2, 4);
      lab.advanceTo(180_000);
      expect(lab.watches.at(-1)?.atMs).to.be.greaterThan(140_000);
      const last = lab.watches.slice(-2);
      expect((last[1]?.atMs ?? 0) - (last[0]?.atMs ?? 0)).to.be.within(15_000, 30_000);
      expect(new Set(lab.countedOf("relist"))).to.deep.equal(
        new Set(["relist initial", "relist short_watch"]),
      );
    }
  });

  it("starts at most four rounds in five seconds also where each watch brings an event before it ends", () => {
    const lab = syncedLab({
      random: () => 0,
      script: {
        watch: (call, index) => {
          if (index === 0) return;
          call.reply.next(OPEN);
          call.reply.next(put("a", 100 + index));
          call.reply.complete();
        },
      },
    });
    lab.advanceTo(10_000).watch(0).reply.complete();
    lab.advanceTo(15_000);
    expect(lab.watches).to.have.length(5);
    lab.advanceTo(30_000);
    expect(lab.watches.length).to.be.within(14, 17);
  });

  it("replaces a watch that outlives its timeout by 15 s", () => {
    const lab = syncedLab({ random: () => 0 });
    for (let atMs = 60_000; atMs < 315_000; atMs += 60_000)
      lab.at(atMs, () => lab.watch(0).reply.next(bookmark(20)));
    lab.advanceTo(314_999);
    expect(lab.watches).to.have.length(1);
    lab.advanceTo(315_000);
    expect(lab.watch(0).isClosed).to.equal(true);
    expect(lab.rounds).to.deep.equal(["0 watch-list", "315000 watch 20"]);
    expect(lab.countedOf("restart")).to.deep.equal(["restart overdue"]);
  });

  it("counts health from the last trouble on", () => {
    const lab = syncedLab({ random: () => 1 - 1e-9 });
    const error = new SyncError("server", "500");
    everyMinute(lab, 200_000, () => lab.watches.at(-1)?.reply.next(bookmark(20)));
    lab.advanceTo(130_000).watch(0).reply.error(error);
    lab.advanceBy(800);
    lab.watch(1).reply.next(OPEN);
    lab.advanceBy(10_000);
    lab.watch(1).reply.error(error);
    lab.advanceBy(1_599);
    expect(lab.watches).to.have.length(2);
  });

  it("restarts the backoff after two minutes of health, not before", () => {
    const fail = (healthyMs: number): number => {
      const lab = syncedLab({ random: () => 1 - 1e-9 });
      const error = new SyncError("server", "500");
      lab.watch(0).reply.error(error);
      lab.advanceBy(800);
      lab.watch(1).reply.error(error);
      lab.advanceBy(1_600);
      lab.watch(2).reply.next(OPEN);
      lab.advanceBy(60_000);
      lab.watch(2).reply.next(bookmark(21));
      lab.advanceBy(healthyMs - 59_000);
      lab.watch(2).reply.error(error);
      const failedAtMs = lab.nowMs;
      lab.advanceBy(5_000);
      return Math.round(lab.watch(3).atMs - failedAtMs);
    };
    expect(fail(60_000)).to.equal(3_200);
    expect(fail(120_000)).to.equal(800);
  });
});

/** Runs `task` at each full minute before `endMs`, as a server sends its bookmarks. */
function everyMinute(lab: Lab, endMs: number, task: () => void): void {
  for (let atMs = 60_000; atMs < endMs; atMs += 60_000) lab.at(atMs, task);
}
