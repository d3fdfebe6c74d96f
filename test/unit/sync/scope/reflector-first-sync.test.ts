/** The first sync: WatchList, and the list that replaces it. */
import { expect } from "chai";
import { SyncError } from "../../../../src/sync/port/sync-error.ts";
import { Lab, refusesWatchList } from "../../../support/marbles-lab.ts";
import { marker, OPEN, put, replyList, replyWatchList, secret } from "../../../support/marbles-signals.ts";

describe("reflector: first sync", () => {
  it("takes the state by a consistent WatchList and goes on watching over the same stream", () => {
    const lab = new Lab().start();
    expect(lab.rounds).to.deep.equal(["0 watch-list"]);
    replyWatchList(lab.watch(0), 20, { a: 7, b: 9 });
    lab.watch(0).reply.next(put("a", 21));
    expect(lab.story).to.deep.equal(["begin initial", "item a@7", "item b@9", "end 20", "put a@21"]);
    expect(lab.watches).to.have.length(1);
  });

  it("asks for a watch timeout between 300 and 600 seconds", () => {
    const timeouts = [0, 0.5, 0.999999].map(
      (roll) => new Lab({ random: () => roll }).start().watch(0).request.timeoutSeconds,
    );
    expect(timeouts).to.deep.equal([300, 450, 600]);
  });

  it("starts at most four rounds of watch and relist in the first 5 s of a server that closes every watch at once", () => {
    for (const roll of [0, 0.5, 0.999]) {
      const lab = new Lab({
        random: () => roll,
        script: {
          watch: (call) => {
            call.reply.next(OPEN);
            call.reply.complete();
          },
          list: (call) => replyList(call, 20, { a: 7 }),
        },
      })
        .start()
        .advanceTo(5_000);
      expect(lab.watches.length, "watches").to.be.within(2, 4);
      expect(lab.lists.length, "relists").to.be.within(1, 4);
    }
  });

  it("scenario 01: backs off through five 503s and then syncs once", () => {
    const lab = new Lab({
      random: () => 1 - 1e-9,
      script: {
        watch: (call, index) => {
          if (index < 5) call.reply.error(new SyncError("server", "503"));
          else replyWatchList(call, 20, { a: 7 });
        },
      },
    })
      .start()
      .advanceTo(60_000);
    const gaps = lab.watches.slice(1).map((call, index) => call.atMs - lab.watch(index).atMs);
    expect(gaps.map(Math.round)).to.deep.equal([800, 1600, 3200, 4000, 4000]);
    expect(lab.story).to.deep.equal([
      "trouble SOURCE_ERROR",
      "begin initial",
      "item a@7",
      "end 20",
      "trouble over",
    ]);
  });

  it("scenario 03: lists in the same attempt where WatchList is refused, and remembers it", () => {
    const lab = new Lab().start();
    lab.watch(0).reply.error(new SyncError("watch-list-unsupported", "422"));
    expect(lab.rounds).to.deep.equal(["0 watch-list", "0 list"]);
    replyList(lab.list(0), 20, { a: 7 });
    expect(lab.rounds).to.deep.equal(["0 watch-list", "0 list", "0 watch 20"]);
    expect(lab.story).to.deep.equal(["begin initial", "item a@7", "end 20"]);
    expect(new Lab({ traits: lab.traits }).start().rounds).to.deep.equal(["0 list"]);
  });

  it("scenario 04: lists after 30 s without a byte of a WatchList whose marker never comes", () => {
    const lab = new Lab().start();
    lab.watch(0).reply.next(OPEN);
    lab.at(10_000, () => lab.watch(0).reply.next(put("a", 7)));
    lab.advanceTo(39_999);
    expect(lab.lists).to.have.length(0);
    lab.advanceTo(40_000);
    expect(lab.watch(0).isClosed).to.equal(true);
    expect(lab.rounds).to.deep.equal(["0 watch-list", "40000 list"]);
    expect(lab.story).to.deep.equal(["begin initial", "item a@7", "abort"]);
    expect(new Lab({ traits: lab.traits }).start().rounds).to.deep.equal(["0 list"]);
  });

  it("scenario 05: drops a WatchList that was cut and requests it again", () => {
    const lab = new Lab().start();
    lab.watch(0).reply.next(OPEN);
    for (let index = 0; index < 500; index += 1) lab.watch(0).reply.next(put(`s${String(index)}`, index + 1));
    lab.watch(0).reply.error(new SyncError("reset", "cut"));
    expect(lab.story.slice(-2)).to.deep.equal(["abort", "trouble UNREACHABLE"]);
    lab.advanceTo(1_000);
    replyWatchList(lab.watch(1), 2_000, { a: 7 });
    expect(lab.story.slice(-3)).to.deep.equal(["begin initial", "item a@7", "end 2000"]);
  });

  it("lists after a WatchList that ended cleanly before its marker", () => {
    const lab = new Lab().start();
    lab.watch(0).reply.next(OPEN);
    lab.watch(0).reply.complete();
    lab.advanceTo(1_000);
    expect(lab.rounds).to.deep.equal(["0 watch-list", "600 list"]);
  });

  it("never takes a list that ended without its version", () => {
    const lab = new Lab({
      script: { watch: (call) => call.reply.error(new SyncError("watch-list-unsupported", "")) },
    });
    lab.start();
    lab.list(0).reply.next({ kind: "item", item: secret("a", 7) });
    lab.list(0).reply.complete();
    expect(lab.story).to.deep.equal(["begin initial", "item a@7", "abort", "trouble SOURCE_ERROR"]);
  });

  it("scenario 49: takes a marker on a watch that did not ask for it as an ordinary bookmark", () => {
    const lab = new Lab({ traits: refusesWatchList() }).start();
    replyList(lab.list(0), 20, {});
    lab.watch(0).reply.next(OPEN);
    lab.watch(0).reply.next(marker(25));
    expect(lab.story).to.deep.equal(["begin initial", "end 20", "proof"]);
  });

  it("scenario 43: closes the request and every timer when it is unsubscribed, in each state", () => {
    const inBackoff = new Lab().start();
    inBackoff.watch(0).reply.error(new SyncError("server", "503"));
    const inList = new Lab({ traits: refusesWatchList() }).start();
    const inWatch = new Lab().start();
    replyWatchList(inWatch.watch(0), 20, {});
    for (const lab of [inBackoff, inList, inWatch]) {
      lab.stop();
      const requests = [...lab.lists, ...lab.watches];
      expect(requests.every((request) => request.isClosed)).to.equal(true);
      lab.advanceTo(10_000_000);
      expect(lab.lists.length + lab.watches.length).to.equal(requests.length);
      expect(lab.scheduler.actions).to.have.length(0);
    }
  });
});
