/** The Watch protocol in virtual time: slices, heartbeats, slow readers, resumes. */
import { expect } from "chai";
import { SLICE } from "../../../../src/rpc/watch/ready-queue.ts";
import { TOMBSTONE_LIMIT } from "../../../../src/core/view/view.ts";
import { credential } from "../../../support/core/credentials.ts";
import { FRESH } from "../../../support/rpc/memory-view.ts";
import { WatchDesk } from "../../../support/rpc/watch-desk.ts";

const STALE = { state: "STALE", ageMs: 91_000, contactAgeMs: 91_000, reason: "SILENT" } as const;

function synced(count = 2): WatchDesk {
  const desk = new WatchDesk();
  desk.view.sync(Array.from({ length: count }, (_, at) => credential(`c${String(at)}`)));
  return desk;
}

describe("watch hub", () => {
  it("keeps one message in flight", () => {
    const desk = synced();
    const reader = desk.open();
    expect([reader.inFlight, reader.got.length]).to.deep.equal([1, 1]);
    reader.readOne();
    expect([reader.inFlight, reader.got.length]).to.deep.equal([1, 2]);
    reader.read();
    expect(reader.events()).to.deep.equal(["reset", "item", "item", "synced"]);
    expect(reader.inFlight).to.equal(0);
  });

  it("cuts all items of a reset from one view, and sends later changes after synced", () => {
    const desk = synced();
    const reader = desk.open();
    desk.view.change([credential("c1", { data: { password: "new" } })]);
    desk.settle();
    reader.read();
    const values = reader.got.map(({ item, change }) =>
      (item ?? change?.changed[0])?.data["password"]?.toString(),
    );
    expect(values).to.deep.equal([undefined, "old", "old", undefined, "new"]);
    expect(reader.got[3]?.revision?.number).to.equal("1");
    expect(reader.got[4]?.revision?.number).to.equal("2");
  });

  it("sends heartbeats only before the first sync, and starts at it", () => {
    const desk = new WatchDesk();
    const reader = desk.open();
    reader.read();
    desk.time.advance(30_000);
    reader.read();
    expect(reader.got.map(({ event }) => event)).to.deep.equal(["heartbeat", "heartbeat"]);
    expect(reader.got[0]).to.deep.include({ resumeToken: "", revision: null });
    expect(reader.got[0]?.freshness).to.include({ state: "STATE_STALE", reason: "STARTING", asOf: null });
    reader.events();
    desk.view.sync([]);
    desk.settle();
    reader.read();
    expect(reader.events()).to.deep.equal(["reset", "synced"]);
  });

  it("merges the changes that a reader has not taken into one with the newest values", () => {
    const desk = synced();
    const reader = desk.open();
    reader.read();
    reader.events();
    desk.view.change([credential("c0", { data: { password: "1" } })]);
    desk.settle();
    for (const password of ["2", "3"]) desk.view.change([credential("c0", { data: { password } })]);
    desk.view.change([credential("c1", { data: { password: "x" } })]);
    desk.view.change([], ["c1"]);
    desk.settle();
    reader.read();
    const [first, second] = reader.got;
    expect(reader.got).to.have.lengthOf(2);
    expect(first?.change?.changed.map(({ data }) => data["password"]?.toString())).to.deep.equal(["1"]);
    expect(second?.change?.changed.map(({ data }) => data["password"]?.toString())).to.deep.equal(["3"]);
    expect(second?.change?.removed.map(({ name }) => name)).to.deep.equal(["c1"]);
    expect(desk.metrics.lines).to.include("coalesced 1");
  });

  it("sends a slow reader the uid that it has as removed, not one that was never sent", () => {
    const desk = synced();
    const reader = desk.open();
    reader.read();
    reader.events();
    desk.view.change([credential("c1", { data: { password: "in flight" } })]);
    desk.settle();
    desk.view.change([], ["c0"]);
    desk.view.change([credential("c0", { uid: "unseen" })]);
    desk.view.change([], ["c0"]);
    desk.settle();
    reader.read();
    expect(reader.got[1]?.change?.removed.map(({ uid }) => uid)).to.deep.equal(["uid-c0"]);
  });

  it("adds dirty keys to every stream at once but sends in slices, with turns between", () => {
    const desk = synced(1);
    const readers = Array.from({ length: SLICE * 2 + 1 }, () => desk.open({ names: ["c0"] }));
    for (const reader of readers) {
      reader.read();
      reader.events();
    }
    desk.view.change([credential("c0", { data: { password: "new" } })]);
    const served = (): number => readers.filter(({ got }) => got.length > 0).length;
    expect(served()).to.equal(0);
    desk.turn();
    expect(served()).to.equal(SLICE);
    // A stream that is pumped before its slice sends the complete change, never a revision without it.
    readers.at(-1)?.stream?.pump();
    expect(readers.at(-1)?.got[0]?.change?.changed).to.have.lengthOf(1);
    desk.settle();
    expect(served()).to.equal(readers.length);
  });

  it("sends a heartbeat with a token when no message with freshness was sent for an interval", () => {
    const desk = synced();
    const reader = desk.open({ heartbeatMs: 10_000 });
    reader.read();
    reader.events();
    desk.time.advance(6000);
    desk.view.change([credential("c0", { data: { password: "1" } })]);
    desk.settle();
    reader.read();
    desk.time.advance(9999);
    expect(reader.events()).to.deep.equal(["change"]);
    desk.time.advance(251);
    expect(reader.got.map(({ event, revision }) => [event, revision?.number])).to.deep.equal([
      ["heartbeat", "2"],
    ]);
    expect(reader.got[0]?.resumeToken).to.not.equal("");
  });

  it("advances the token of a quiet Watch with revisions that do not match its filter", () => {
    const desk = synced();
    const reader = desk.open({ names: ["c0"] });
    reader.read();
    reader.events();
    desk.view.change([credential("other")]);
    desk.settle();
    desk.time.advance(31_000);
    expect(reader.got.map(({ event, revision }) => [event, revision?.number])).to.deep.equal([
      ["heartbeat", "2"],
    ]);
  });

  it("reports FRESH to STALE and back at once, at most once a second", () => {
    const desk = synced();
    const reader = desk.open();
    reader.read();
    reader.events();
    const states: (string | undefined)[] = [];
    const note = (): void => {
      desk.settle();
      reader.read();
      states.push(...reader.got.splice(0).map(({ freshness }) => freshness?.state));
    };
    desk.view.turn(STALE);
    note();
    desk.view.turn(FRESH);
    note();
    expect(states).to.deep.equal(["STATE_STALE"]);
    desk.time.advance(1000);
    note();
    expect(states).to.deep.equal(["STATE_STALE", "STATE_FRESH"]);
    desk.view.turn(STALE);
    desk.view.turn(FRESH);
    desk.time.advance(1300);
    note();
    expect(states).to.deep.equal(["STATE_STALE", "STATE_FRESH"]);
  });

  it("sends heartbeats without a token between the messages of a reset that is read slowly", () => {
    const desk = synced();
    const reader = desk.open({ heartbeatMs: 1000 });
    desk.time.advance(1250);
    reader.readOne();
    expect(reader.got.map(({ event }) => event)).to.deep.equal(["reset", "heartbeat"]);
    expect(reader.got[1]).to.deep.include({ resumeToken: "", revision: null });
  });

  it("ends the stream of a reader that takes nothing for 60 s while changes wait", () => {
    const desk = synced();
    const reader = desk.open();
    reader.read();
    desk.view.change([credential("c0", { data: { password: "1" } })]);
    desk.settle();
    desk.time.advance(120_000);
    expect(reader.error, "nothing waits behind the message in flight").to.equal(undefined);
    desk.view.change([credential("c1", { data: { password: "1" } })]);
    desk.time.advance(59_999);
    expect(reader.error).to.equal(undefined);
    desk.time.advance(251);
    expect(reader.error?.reason).to.equal("SLOW_CONSUMER");
  });

  it("keeps the stream of a slow reader that takes one message a minute", () => {
    const desk = synced(5);
    const reader = desk.open();
    for (let at = 0; at < 6; at += 1) {
      desk.time.advance(59_000);
      reader.readOne();
    }
    expect(reader.error).to.equal(undefined);
  });

  it("drops a reset that is under way when the policy changes, and starts over", () => {
    const desk = synced(3);
    const reader = desk.open();
    reader.readOne();
    reader.events();
    desk.view.reload({ rules: [{ names: ["c0", "c1"] }] });
    desk.settle();
    reader.read();
    expect(reader.got[0]?.reset?.reason).to.equal("REASON_POLICY_CHANGED");
    expect(reader.events()).to.deep.equal(["reset", "item", "item", "synced"]);
  });

  it("cuts a stream whose message in flight holds what the new policy denies", () => {
    const desk = synced();
    const [denied, allowed] = [desk.open({ names: ["c0"] }), desk.open({ names: ["c1"] })];
    for (const reader of [denied, allowed]) reader.readOne();
    desk.view.reload({ rules: [{ names: ["c1"] }] });
    expect(denied.error?.reason).to.equal("SLOW_CONSUMER");
    expect(allowed.error).to.equal(undefined);
  });

  it("leaves no timer and no listener behind", () => {
    const desk = synced();
    const reader = desk.open();
    const other = desk.open({ names: ["c0"] });
    for (const { stream } of [reader, other]) if (stream !== undefined) desk.hub.remove(stream);
    desk.view.change([credential("c0", { data: { password: "1" } })]);
    desk.settle();
    desk.hub.close();
    expect(desk.time.pending).to.equal(0);
    expect(desk.view.listenerCount).to.equal(0);
    expect(reader.got).to.have.lengthOf(1);
  });
});

describe("watch hub: resume", () => {
  const tokenOf = (desk: WatchDesk, request = {}): string => {
    const reader = desk.open(request);
    const token = reader.read().at(-1)?.resumeToken ?? "";
    if (reader.stream !== undefined) desk.hub.remove(reader.stream);
    return token;
  };

  it("sends a credential whose label stopped matching meanwhile as removed", () => {
    const desk = new WatchDesk();
    desk.view.sync([credential("a", { labels: { x: "1" } })]);
    const request = { labelSelector: "x=1" };
    const token = tokenOf(desk, request);
    desk.view.change([credential("a", { labels: { x: "2" } })]);
    const reader = desk.open({ ...request, token });
    const [change, end] = reader.read();
    expect(change?.change?.removed.map(({ name }) => name)).to.deep.equal(["a"]);
    expect(end?.event).to.equal("synced");
  });

  it("answers a token from before the oldest known removal with COMPACTED", () => {
    const desk = synced();
    const token = tokenOf(desk);
    for (let at = 0; at <= TOMBSTONE_LIMIT; at += 1) {
      desk.view.change([credential(`gone${String(at)}`)]);
      desk.view.change([], [`gone${String(at)}`]);
    }
    expect(desk.open({ token }).read()[0]?.reset?.reason).to.equal("REASON_COMPACTED");
  });

  it("answers a token of another process with EPOCH_CHANGED, also before the first sync", () => {
    const token = tokenOf(synced());
    const desk = new WatchDesk("epoch-2");
    const early = desk.open({ token });
    desk.view.sync([credential("a")]);
    desk.settle();
    early.read();
    expect(early.events()).to.deep.equal(["heartbeat", "reset", "item", "synced"]);
    expect(desk.open({ token }).read()[0]?.reset?.reason).to.equal("REASON_EPOCH_CHANGED");
  });

  it("sends the removals since then and no older ones", () => {
    const desk = synced(3);
    desk.view.change([], ["c0"]);
    const token = tokenOf(desk);
    desk.view.change([], ["c1"]);
    const [change] = desk.open({ token }).read();
    expect(change?.change?.removed.map(({ name, uid }) => [name, uid])).to.deep.equal([["c1", "uid-c1"]]);
  });

  it("merges removal and recreation into one changed with the new uid", () => {
    const desk = synced();
    const token = tokenOf(desk);
    desk.view.change([], ["c0"]);
    desk.view.change([credential("c0", { uid: "second" })]);
    const [change] = desk.open({ token }).read();
    expect(change?.change?.changed.map(({ uid }) => uid)).to.deep.equal(["second"]);
    expect(change?.change?.removed).to.deep.equal([]);
  });
});
