/** The error table in action: one test a row, from a watch that was open and from a first sync. */
import { expect } from "chai";
import { SyncError } from "../../../../src/sync/port/sync-error.ts";
import type { SyncErrorKind } from "../../../../src/sync/port/sync-error.ts";
import { Lab, refusesWatchList, syncedLab } from "../../../support/marbles-lab.ts";
import { OPEN, put, replyList, replyWatchList, secret } from "../../../support/marbles-signals.ts";

describe("reflector: errors", () => {
  it("scenario 02: waits as long as a 429 asks, keeps the version and does not list", () => {
    const lab = syncedLab();
    lab.watch(0).reply.error(new SyncError("throttled", "429", { retryAfterMs: 7_000 }));
    lab.advanceTo(6_999);
    expect(lab.watches).to.have.length(1);
    lab.advanceTo(14_000);
    expect(lab.rounds).to.deep.equal(["0 watch-list", "7000 watch 20"]);
    expect(lab.story).to.deep.equal(["trouble THROTTLED"]);
  });

  it("waits for the backoff where it is longer than Retry-After, and never longer than 32 s", () => {
    const short = syncedLab({ random: () => 0.5 });
    short.watch(0).reply.error(new SyncError("throttled", "429", { retryAfterMs: 100 }));
    short.advanceTo(10_000);
    expect(short.rounds[1]).to.equal("600 watch 20");
    const long = syncedLab();
    long.watch(0).reply.error(new SyncError("throttled", "429", { retryAfterMs: 3_600_000 }));
    long.advanceTo(32_000);
    expect(long.rounds[1]).to.equal("32000 watch 20");
  });

  it("logs each cause behind one reason once", () => {
    const lab = syncedLab();
    lab.watch(0).reply.error(new SyncError("reset", "broke off"));
    for (let at = 1; at < 5; at += 1) {
      lab.advanceTo(at * 40_000);
      lab.watches.at(-1)?.reply.error(new SyncError("tls", "wrong certificate"));
    }
    expect(lab.story).to.deep.equal(["trouble UNREACHABLE"]);
    const told = lab.logged.filter(({ event }) => event === "sync_trouble");
    expect(told.map(({ fields }) => fields["error"])).to.deep.equal(["broke off", "wrong certificate"]);
  });

  it("scenario 16: backs off after an in-stream 500 and resumes at the same version", () => {
    const lab = syncedLab();
    lab.watch(0).reply.next(put("a", 21));
    lab.watch(0).reply.error(new SyncError("server", "500"));
    lab.advanceTo(5_000);
    expect(lab.rounds).to.deep.equal(["0 watch-list", "600 watch 21"]);
    expect(lab.lists).to.have.length(0);
  });

  it("scenario 29: tries a 401 once more at once, then backs off", () => {
    const lab = syncedLab();
    lab.watch(0).reply.error(new SyncError("unauthorized", "401"));
    expect(lab.rounds).to.deep.equal(["0 watch-list", "0 watch 20"]);
    lab.watch(1).reply.error(new SyncError("unauthorized", "401"));
    expect(lab.watches).to.have.length(2);
    lab.advanceTo(600);
    expect(lab.rounds.at(-1)).to.equal("600 watch 20");
    expect(lab.story).to.deep.equal(["trouble UNAUTHORIZED"]);
  });

  it("scenario 10: replaces a connection that answers no PING, and gets what was missed", () => {
    const lab = syncedLab();
    lab.advanceTo(45_000).watch(0).reply.error(new SyncError("dead-connection", "no PING ack"));
    lab.advanceTo(47_000);
    expect(lab.rounds).to.deep.equal(["0 watch-list", "46000 watch 20"]);
    lab.watch(1).reply.next(OPEN);
    lab.watch(1).reply.next(put("a", 25));
    expect(lab.story).to.deep.equal(["trouble DEAD_CONNECTION", "put a@25"]);
  });

  it("scenario 31: tries once more at once after a certificate error (the adapter reads the CA again)", () => {
    const lab = syncedLab();
    lab.watch(0).reply.error(new SyncError("tls", "unknown issuer"));
    expect(lab.rounds).to.deep.equal(["0 watch-list", "0 watch 20"]);
    lab.watch(1).reply.error(new SyncError("tls", "unknown issuer"));
    lab.advanceTo(599);
    expect(lab.watches).to.have.length(2);
  });

  it("scenario 53: a token that expired while the watch lived costs one retry at the next watch", () => {
    const lab = syncedLab();
    lab.advanceTo(400_000).watch(0).reply.complete();
    lab.advanceBy(125);
    lab.watch(1).reply.error(new SyncError("unauthorized", "401"));
    expect(lab.watches).to.have.length(3);
    lab.watch(2).reply.next(OPEN);
    lab.advanceBy(1_000);
    expect(lab.story).to.deep.equal(["trouble UNAUTHORIZED", "trouble over"]);
    expect(lab.lists).to.have.length(0);
  });

  it("scenario 33: a 403 from the start is diagnosed once, retried up to 30 s apart, and recovers", () => {
    const forbidden = new SyncError("forbidden", "403");
    let isGranted = false;
    const lab = new Lab({
      script: {
        watch: (call) => {
          if (isGranted) replyWatchList(call, 20, { a: 7 });
          else call.reply.error(forbidden);
        },
      },
    }).start();
    lab.advanceTo(300_000);
    expect(lab.diagnosed).to.deep.equal([forbidden]);
    expect(lab.story).to.deep.equal(["trouble FORBIDDEN"]);
    expect(lab.watches.filter((call) => call.atMs >= 60_000).length).to.be.at.most(11);
    isGranted = true;
    lab.advanceBy(31_000);
    expect(lab.story.slice(1)).to.deep.equal(["begin initial", "item a@7", "end 20", "trouble over"]);
  });

  it("diagnoses a 403 once for a day, whatever else fails in between, and again after the right was granted", () => {
    const forbidden = new SyncError("forbidden", "403");
    const others = ["unreachable", "unauthorized", "server", "throttled", "tls"] as const;
    let isGranted = false;
    const lab = syncedLab({
      script: {
        watch: (call, index) => {
          if (index === 0 || isGranted) return;
          const other = others[index % (2 * others.length)];
          call.reply.error(other === undefined ? forbidden : new SyncError(other, other));
        },
      },
    });
    lab.advanceTo(300_000).watch(0).reply.complete();
    lab.advanceBy(86_400_000);
    expect(lab.watches.length).to.be.above(2_000);
    expect(lab.diagnosed).to.deep.equal([forbidden]);
    isGranted = true;
    lab.advanceBy(31_000);
    lab.watch(lab.watches.length - 1).reply.next(OPEN);
    lab.advanceBy(1_000);
    isGranted = false;
    lab.watch(lab.watches.length - 1).reply.error(forbidden);
    lab.advanceBy(10_000);
    expect(lab.diagnosed).to.deep.equal([forbidden, forbidden]);
  });

  it("scenario 34: a right revoked later keeps what is held, and recovers when granted again", () => {
    const lab = syncedLab();
    lab.advanceTo(300_000).watch(0).reply.complete();
    lab.advanceBy(125);
    lab.watch(1).reply.error(new SyncError("forbidden", "403"));
    expect(lab.story).to.deep.equal(["trouble FORBIDDEN"]);
    expect(lab.counted).to.include("state stale FORBIDDEN");
    lab.advanceBy(600);
    lab.watch(2).reply.next(OPEN);
    lab.advanceBy(1_000);
    lab.watch(2).reply.error(new SyncError("forbidden", "403"));
    expect(lab.story).to.deep.equal(["trouble FORBIDDEN", "trouble over", "trouble FORBIDDEN"]);
  });

  it("does not diagnose a single 403, as of an API server that starts", () => {
    const lab = syncedLab();
    lab.advanceTo(300_000).watch(0).reply.complete();
    lab.advanceBy(125);
    lab.watch(1).reply.error(new SyncError("forbidden", "403"));
    lab.advanceBy(600);
    lab.watch(2).reply.next(OPEN);
    lab.advanceBy(1_000);
    expect(lab.story).to.deep.equal(["trouble FORBIDDEN", "trouble over"]);
    expect(lab.diagnosed).to.have.length(0);
  });

  it("scenario 48: an answer that is not a list, or not from an API server, is never data", () => {
    for (const kind of ["malformed", "configuration", "server", "throttled"] as const) {
      const lab = new Lab({ traits: refusesWatchList() }).start();
      lab.list(0).reply.next({ kind: "item", item: secret("a", 7) });
      lab.list(0).reply.error(new SyncError(kind, "an HTML page"));
      lab.advanceTo(1_000);
      expect(lab.story.slice(0, 3)).to.deep.equal(["begin initial", "item a@7", "abort"]);
      expect(lab.rounds).to.deep.equal(["0 list", "600 list"]);
    }
  });

  it("names the reason of each kind", () => {
    const reasons: Readonly<Partial<Record<SyncErrorKind, string>>> = {
      throttled: "THROTTLED",
      server: "SOURCE_ERROR",
      unauthorized: "UNAUTHORIZED",
      forbidden: "FORBIDDEN",
      tls: "UNREACHABLE",
      unreachable: "UNREACHABLE",
      "dead-connection": "DEAD_CONNECTION",
      timeout: "UNREACHABLE",
      malformed: "SOURCE_ERROR",
      configuration: "CONFIGURATION",
    };
    for (const [kind, reason] of Object.entries(reasons)) {
      const lab = syncedLab();
      lab.watch(0).reply.error(new SyncError(kind as SyncErrorKind, kind));
      expect(lab.story, kind).to.deep.equal([`trouble ${reason}`]);
    }
  });

  it("takes an error that the adapter did not classify as one of the server", () => {
    const lab = syncedLab();
    lab.watch(0).reply.error(new TypeError("a bug in the adapter"));
    lab.advanceTo(600);
    expect(lab.story).to.deep.equal(["trouble SOURCE_ERROR"]);
    expect(lab.rounds.at(-1)).to.equal("600 watch 20");
  });

  it("keeps the list that a failed one was for", () => {
    const lab = syncedLab();
    lab.reflector.relist("limit");
    lab.list(0).reply.error(new SyncError("server", "500"));
    lab.advanceTo(600);
    replyList(lab.list(1), 30, { a: 7 });
    expect(lab.story).to.deep.equal(["trouble SOURCE_ERROR", "begin limit", "item a@7", "end 30"]);
  });
});
