/** Silent streams, servers without bookmarks, and resumes whose first bookmark would come too late. */
import { expect } from "chai";
import { credentialKey } from "../../../../src/core/credential/credential.ts";
import { SyncError } from "../../../../src/sync/port/sync-error.ts";
import { sendsBookmarks, syncedLab } from "../../../support/marbles-lab.ts";
import { bookmark, OPEN, put, replyList, versionList } from "../../../support/marbles-signals.ts";

describe("reflector: silence", () => {
  it("scenarios 11 and 12: replaces it at 90 s without event or bookmark, with a consistent list", () => {
    const lab = syncedLab({ traits: sendsBookmarks() });
    lab.at(30_000, () => lab.watch(0).reply.next(put("a", 30)));
    lab.advanceTo(119_999);
    expect(lab.rounds).to.deep.equal(["0 watch-list"]);
    lab.advanceTo(120_000);
    expect(lab.watch(0).isClosed).to.equal(true);
    expect(lab.rounds).to.deep.equal(["0 watch-list", "120000 list"]);
    replyList(lab.list(0), 35, { a: 30, b: 9 });
    lab.watch(1).reply.next(OPEN);
    lab.advanceBy(1_000);
    expect(lab.story).to.deep.equal([
      "put a@30",
      "trouble SILENT",
      "begin silent",
      "item a@30",
      "item b@9",
      "end 35",
      "trouble over",
    ]);
    expect(lab.countedOf("restart")).to.deep.equal(["restart silent"]);
  });

  it("does not take a bookmark older than what we have for a sign of life", () => {
    const lab = syncedLab({ traits: sendsBookmarks() });
    lab.at(60_000, () => lab.watch(0).reply.next(bookmark(3)));
    lab.advanceTo(90_000);
    expect(lab.story).to.deep.equal(["trouble SILENT"]);
  });

  it("has the scope proven by a metadata list where events come but no bookmark", () => {
    const lab = syncedLab({
      traits: sendsBookmarks(),
      script: { versions: (call) => call.reply.next(versionList(99, { a: 7, b: 9 })) },
    });
    for (let second = 10; second < 200; second += 10)
      lab.at(second * 1_000, () => lab.watch(0).reply.next(put("b", 9)));
    lab.held.set(credentialKey("shop", "b"), "9");
    lab.advanceTo(74_999);
    expect(lab.versionLists).to.have.length(0);
    lab.watch(0).reply.next(put("a", 21));
    lab.held.set(credentialKey("shop", "a"), "7");
    lab.advanceTo(75_000);
    expect(lab.versionLists).to.have.length(1);
    expect(lab.rounds).to.deep.equal(["0 watch-list"]);
  });

  it("is content with a bookmark a minute", () => {
    const lab = syncedLab();
    for (let minute = 1; minute <= 6; minute += 1)
      lab.at(minute * 60_000, () => lab.watch(0).reply.next(bookmark(20)));
    lab.advanceTo(400_000);
    expect(lab.rounds).to.deep.equal(["0 watch-list"]);
    expect(lab.story).to.deep.equal(["proof", "proof", "proof", "proof", "proof", "proof"]);
  });
});

describe("reflector: server without bookmarks", () => {
  it("replaces the first watch and keeps the scope fresh by a metadata list each minute from then on", () => {
    const lab = syncedLab({
      script: { versions: (call) => call.reply.next(versionList(20, { a: 7, b: 9 })) },
    });
    lab.advanceTo(90_000);
    expect(lab.rounds).to.deep.equal(["0 watch-list", "90000 watch 20"]);
    lab.watch(1).reply.next(OPEN);
    lab.advanceTo(310_000);
    // The first comes before the scope would turn STALE: a quiet etcd without progress notifications is healthy.
    const askedAtMs = [75_000, 90_000, 150_000, 210_000, 270_000];
    expect(lab.versionLists.map((call) => call.atMs)).to.deep.equal(askedAtMs);
    expect(lab.story).to.deep.equal(["proof", "proof", "proof", "proof", "proof"]);
    expect(lab.lists).to.have.length(0);
    expect(lab.logged.filter(({ event }) => event === "sync_bookmarks_missing")).to.have.length(1);
  });

  it("lists when names or versions differ there", () => {
    const lab = syncedLab({
      script: { versions: (call) => call.reply.next(versionList(25, { a: 22, b: 9 })) },
    });
    lab.advanceTo(77_000);
    expect(lab.rounds.slice(1)).to.deep.equal(["77000 list"]);
    expect(lab.countedOf("divergence")).to.deep.equal(["divergence"]);
  });

  it("minds silence again once a bookmark was seen", () => {
    const lab = syncedLab({
      script: { versions: (call) => call.reply.next(versionList(20, { a: 7, b: 9 })) },
    });
    lab.advanceTo(90_000);
    lab.watch(1).reply.next(OPEN);
    lab.advanceTo(100_000);
    lab.watch(1).reply.next(bookmark(20));
    lab.advanceTo(190_000);
    expect(lab.rounds.slice(2)).to.deep.equal(["190000 list"]);
  });
});

describe("reflector: proof after a resume", () => {
  it("closes the gap until the first bookmark with one metadata list", () => {
    const lab = syncedLab({ traits: sendsBookmarks() });
    lab.watch(0).reply.error(new SyncError("throttled", "429", { retryAfterMs: 30_000 }));
    lab.advanceTo(30_000).watch(1).reply.next(OPEN);
    lab.advanceTo(74_999);
    expect(lab.versionLists).to.have.length(0);
    lab.advanceTo(75_000);
    lab.versions(0).reply.next(versionList(20, { a: 7, b: 9 }));
    lab.advanceTo(90_000).watch(1).reply.next(bookmark(20));
    expect(lab.story.slice(-3)).to.deep.equal(["trouble over", "proof", "proof"]);
  });

  it("scenario 47: finds a restored etcd whose version has passed ours again, within 10 s of the resume", () => {
    const lab = syncedLab({ traits: sendsBookmarks() });
    lab.watch(0).reply.error(new SyncError("reset", "cut"));
    lab.advanceTo(1_000).watch(1).reply.error(new SyncError("unreachable", "ECONNREFUSED"));
    lab.advanceTo(1_600).watch(2).reply.next(OPEN);
    lab.advanceTo(7_600);
    lab.versions(0).reply.next(versionList(25, { a: 5 }));
    lab.advanceTo(9_600);
    replyList(lab.list(0), 25, { a: 5 });
    expect([...lab.held]).to.deep.equal([[credentialKey("shop", "a"), "5"]]);
    expect(lab.countedOf("relist")).to.deep.equal(["relist proof"]);
  });

  it("compares nothing after a single failure, and no more once it was equal", () => {
    const lab = syncedLab({ traits: sendsBookmarks() });
    lab.watch(0).reply.error(new SyncError("reset", "cut"));
    lab.advanceTo(1_000).watch(1).reply.next(OPEN);
    lab.advanceTo(20_000);
    expect(lab.versionLists).to.have.length(0);
    lab.watch(1).reply.error(new SyncError("reset", "cut"));
    lab.advanceTo(21_000).watch(2).reply.error(new SyncError("unreachable", "ECONNREFUSED"));
    lab.advanceTo(22_000).watch(3).reply.next(OPEN);
    lab
      .advanceTo(29_000)
      .versions(0)
      .reply.next(versionList(25, { a: 7, b: 9 }));
    lab.watch(3).reply.complete();
    lab.advanceTo(30_000).watch(4).reply.next(OPEN);
    lab.advanceTo(60_000);
    expect(lab.versionLists).to.have.length(1);
  });

  it("tries such a comparison six times when it fails, further apart each time", () => {
    const lab = syncedLab({
      traits: sendsBookmarks(),
      script: { versions: (call) => call.reply.error(new SyncError("configuration", "406")) },
    });
    lab.watch(0).reply.error(new SyncError("reset", "cut"));
    lab.advanceTo(1_000).watch(1).reply.error(new SyncError("unreachable", "ECONNREFUSED"));
    lab.advanceTo(1_600).watch(2).reply.next(OPEN);
    lab.at(60_000, () => lab.watch(2).reply.next(bookmark(30)));
    lab.advanceTo(120_000);
    expect(lab.versionLists.map((call) => call.atMs - lab.versions(0).atMs)).to.deep.equal([
      0, 1_000, 3_000, 7_000, 15_000, 23_000,
    ]);
  });

  it("does without where a bookmark came meanwhile, not for an event: that proves one credential only", () => {
    const lab = syncedLab({ traits: sendsBookmarks() });
    lab.watch(0).reply.error(new SyncError("throttled", "429", { retryAfterMs: 30_000 }));
    lab.advanceTo(30_000).watch(1).reply.next(OPEN);
    lab.advanceTo(60_000).watch(1).reply.next(bookmark(21));
    lab.advanceTo(89_000);
    expect(lab.versionLists).to.have.length(0);
    const other = syncedLab({ traits: sendsBookmarks() });
    other.watch(0).reply.error(new SyncError("throttled", "429", { retryAfterMs: 30_000 }));
    other.advanceTo(30_000).watch(1).reply.next(OPEN);
    other.advanceTo(60_000).watch(1).reply.next(put("a", 21));
    other.advanceTo(75_000);
    expect(other.versionLists).to.have.length(1);
  });
});
