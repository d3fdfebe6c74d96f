/** Complete lists after the first: when they are taken, which ones count, and what goes back in time. */
import { expect } from "chai";
import { SyncError } from "../../../../src/sync/port/sync-error.ts";
import { Lab, sendsBookmarks, syncedLab } from "../../../support/marbles-lab.ts";
import { bookmark, OPEN, put, replyList } from "../../../support/marbles-signals.ts";

const EXPIRED = new SyncError("expired", "too old resource version", { httpStatus: 410 });

describe("reflector: expired version", () => {
  it("scenario 13: lists at the last version at once after an in-stream 410 and watches on from the list", () => {
    const lab = syncedLab();
    lab.advanceTo(5_000).watch(0).reply.error(EXPIRED);
    replyList(lab.list(0), 50, { a: 44 });
    expect(lab.rounds).to.deep.equal(["0 watch-list", "5000 list 20", "5000 watch 50"]);
    expect(lab.story).to.deep.equal(["begin expired", "item a@44", "end 50"]);
    expect(lab.countedOf("relist")).to.deep.equal(["relist expired"]);
  });

  it("scenario 14: does the same after an HTTP 410 on watch start, and never loops on one version", () => {
    const lab = syncedLab({
      script: {
        watch: (call, index) => index > 0 && call.reply.error(EXPIRED),
        list: (call) => replyList(call, 50, { a: 44 }),
      },
    });
    lab.watch(0).reply.complete();
    lab.advanceTo(5_000);
    expect(lab.rounds.slice(0, 3)).to.deep.equal(["0 watch-list", "600 list 20", "600 watch 50"]);
    expect(lab.watches.length).to.be.at.most(4);
    lab.advanceTo(100_000);
    expect(lab.watches.length).to.be.below(15);
  });

  it("scenario 15: falls to a consistent list when the list at the last version is too old as well", () => {
    const lab = syncedLab();
    lab.advanceTo(5_000).watch(0).reply.error(EXPIRED);
    lab.list(0).reply.error(EXPIRED);
    replyList(lab.list(1), 50, { a: 44 });
    expect(lab.rounds).to.deep.equal(["0 watch-list", "5000 list 20", "5000 list", "5000 watch 50"]);
  });

  it("scenario 17: gives a lagging API server a second and then asks without a version", () => {
    const lab = syncedLab();
    lab.advanceTo(5_000).watch(0).reply.error(EXPIRED);
    lab.list(0).reply.error(new SyncError("version-too-large", "504", { retryAfterMs: 1_000 }));
    lab.advanceTo(5_999);
    expect(lab.lists).to.have.length(1);
    lab.advanceTo(6_000);
    expect(lab.rounds.slice(1)).to.deep.equal(["5000 list 20", "6000 list"]);
    replyList(lab.list(1), 20, { a: 7 });
    expect(lab.watch(1).request.resourceVersion).to.equal("20");
  });

  it("scenario 21: finds at the list what was deleted meanwhile", () => {
    const lab = syncedLab();
    lab.watch(0).reply.error(EXPIRED);
    replyList(lab.list(0), 50, { b: 9 });
    expect([...lab.held.keys()]).to.deep.equal(["shop\0b"]);
  });
});

describe("reflector: older list", () => {
  it("scenario 18: drops it if it may come from a cache and asks again without a version", () => {
    const lab = syncedLab();
    lab.watch(0).reply.error(EXPIRED);
    replyList(lab.list(0), 15, { a: 3 });
    expect(lab.story).to.deep.equal(["begin expired", "item a@3", "abort"]);
    lab.advanceTo(600);
    replyList(lab.list(1), 30, { a: 25 });
    expect(lab.rounds.slice(1)).to.deep.equal(["0 list 20", "600 list", "600 watch 30"]);
  });

  it("scenario 47: accepts rewound history after 90 s of silence and two consistent lists 5 s apart", () => {
    const lab = syncedLab({ traits: sendsBookmarks() });
    lab.advanceTo(90_000);
    expect(lab.rounds.slice(1)).to.deep.equal(["90000 list"]);
    replyList(lab.list(0), 5, { a: 3 });
    lab.advanceTo(94_999);
    expect(lab.lists).to.have.length(1);
    lab.advanceTo(95_000);
    replyList(lab.list(1), 6, { a: 4 });
    expect(lab.story).to.deep.equal([
      "trouble SILENT",
      "begin silent",
      "item a@3",
      "abort",
      "begin rewound",
      "item a@4",
      "end 6 rewound",
    ]);
    expect(lab.countedOf("relist")).to.deep.equal(["relist rewound"]);
    expect(lab.rounds.at(-1)).to.equal("95000 watch 6");
  });

  it("takes a second list that is not older as an ordinary one", () => {
    const lab = syncedLab({ traits: sendsBookmarks() }).advanceTo(90_000);
    replyList(lab.list(0), 5, { a: 3 });
    lab.advanceTo(95_000);
    replyList(lab.list(1), 40, { a: 30 });
    expect(lab.story.slice(-3)).to.deep.equal(["begin rewound", "item a@30", "end 40"]);
  });
});

describe("reflector: a doubt after an earlier one", () => {
  it("doubts again: rewound history takes two lists each time", () => {
    const lab = syncedLab({ traits: sendsBookmarks() }).advanceTo(90_000);
    replyList(lab.list(0), 5, { a: 3 });
    lab.advanceTo(95_000);
    replyList(lab.list(1), 40, { a: 30 });
    lab.reflector.relist("limit");
    replyList(lab.list(2), 6, { a: 4 });
    expect(lab.story.at(-1)).to.equal("abort");
  });

  it("doubts again: an empty list takes two each time", () => {
    const lab = syncedLab();
    lab.reflector.relist("limit");
    replyList(lab.list(0), 50, {});
    replyList(lab.list(1), 50, { a: 7, b: 9 });
    lab.reflector.relist("limit");
    replyList(lab.list(2), 60, {});
    expect(lab.lists).to.have.length(4);
    expect(lab.held.size).to.equal(2);
  });
});

describe("reflector: empty list", () => {
  it("scenario 37: accepts it once a second consistent list is empty too", () => {
    const lab = syncedLab();
    lab.watch(0).reply.error(EXPIRED);
    replyList(lab.list(0), 50, {});
    expect(lab.story).to.deep.equal([]);
    expect(lab.rounds.slice(1)).to.deep.equal(["0 list 20", "0 list"]);
    replyList(lab.list(1), 50, {});
    expect(lab.story).to.deep.equal(["begin expired", "end 50"]);
    expect(lab.held.size).to.equal(0);
  });

  it("scenario 37: changes nothing when the second list shows that the first was a glitch", () => {
    const lab = syncedLab();
    lab.watch(0).reply.error(EXPIRED);
    replyList(lab.list(0), 50, {});
    replyList(lab.list(1), 50, { a: 7, b: 9 });
    expect(lab.story).to.deep.equal(["begin expired", "item a@7", "item b@9", "end 50"]);
  });
});

describe("reflector: relist", () => {
  it("scenario 25: aborts a stream with a line that cannot be read, and lists", () => {
    const lab = syncedLab();
    lab.watch(0).reply.error(new SyncError("malformed", "a line of the watch is not JSON"));
    expect(lab.countedOf("restart")).to.deep.equal(["restart malformed"]);
    lab.advanceTo(600);
    replyList(lab.list(0), 50, { a: 44 });
    expect(lab.rounds.slice(1)).to.deep.equal(["600 list", "600 watch 50"]);
    expect(lab.story).to.deep.equal(["trouble SOURCE_ERROR", "begin malformed", "item a@44", "end 50"]);
    expect(lab.logged.map(({ event }) => event)).to.include("sync_malformed");
  });

  it("scenario 50: lists on request (the limits fit again), once, and takes requests during that list as answered by it", () => {
    const lab = syncedLab();
    lab.reflector.relist("limit");
    lab.reflector.relist("limit");
    lab.reflector.relist("proof");
    expect(lab.watch(0).isClosed).to.equal(true);
    replyList(lab.list(0), 50, { a: 44 });
    expect(lab.rounds.slice(1)).to.deep.equal(["0 list", "0 watch 50"]);
    expect(lab.story).to.deep.equal(["begin limit", "item a@44", "end 50"]);
  });

  it("keeps the backoff when a list is asked for during it", () => {
    const lab = syncedLab();
    lab.watch(0).reply.error(new SyncError("server", "500"));
    lab.reflector.relist("limit");
    expect(lab.lists).to.have.length(0);
    lab.advanceTo(600);
    expect(lab.rounds.slice(1)).to.deep.equal(["600 list"]);
  });

  it("stays live while a list is in progress", () => {
    const lab = syncedLab();
    lab.advanceTo(1_000);
    lab.reflector.relist("limit");
    expect(lab.countedOf("state")).to.deep.equal([]);
    expect(lab.story).to.deep.equal([]);
  });

  it("orders versions that are not numbers by arrival", () => {
    const lab = new Lab().start();
    lab.watch(0).reply.next(OPEN);
    lab.watch(0).reply.next({ kind: "bookmark", resourceVersion: "abc", initialEventsEnd: true });
    lab.watch(0).reply.next(put("a", "def"));
    lab.watch(0).reply.complete();
    lab.advanceTo(1_000);
    expect(lab.rounds.at(-1)).to.equal("125 watch def");
    expect(bookmark(1).kind).to.equal("bookmark");
  });
});
