/** What the reflector writes into the log: the line that an operator has in each strange situation. */
import { expect } from "chai";
import { SyncError } from "../../../../src/sync/port/sync-error.ts";
import type { EventName } from "../../../../src/log/events.ts";
import { Lab, sendsBookmarks, syncedLab } from "../../../support/marbles-lab.ts";
import {
  GOING_AWAY,
  OPEN,
  put,
  replyList,
  replyWatchList,
  versionList,
} from "../../../support/marbles-signals.ts";

const EXPIRED = new SyncError("expired", "too old resource version", { httpStatus: 410 });

const eventsOf = (lab: Lab): readonly EventName[] => lab.logged.map(({ event }) => event);

describe("reflector: log events", () => {
  it("sync_listed once, and sync_relisted for every list after", () => {
    const lab = new Lab().start();
    replyWatchList(lab.watch(0), 20, { a: 7 });
    expect(eventsOf(lab)).to.deep.equal(["sync_listed"]);
    lab.watch(0).reply.error(EXPIRED);
    replyList(lab.list(0), 50, { a: 44 });
    expect(eventsOf(lab)).to.deep.equal(["sync_listed", "sync_relisted"]);
    expect(lab.logged[1]?.fields).to.include({ cause: "expired", items: 1 });
  });

  it("sync_watch_list_unsupported where a server does not offer it", () => {
    const lab = new Lab().start();
    lab.watch(0).reply.error(new SyncError("watch-list-unsupported", "422"));
    expect(eventsOf(lab)).to.deep.equal(["sync_watch_list_unsupported"]);
  });

  it("sync_marker_missing where the initial events never end", () => {
    const lab = new Lab().start();
    lab.watch(0).reply.next(OPEN);
    lab.watch(0).reply.next(put("a", 7));
    lab.advanceTo(30_000);
    expect(eventsOf(lab)).to.deep.equal(["sync_marker_missing"]);
  });

  it("sync_going_away at GOAWAY", () => {
    const lab = syncedLab({ traits: sendsBookmarks() });
    lab.advanceTo(10_000).watch(0).reply.next(GOING_AWAY);
    expect(eventsOf(lab)).to.include("sync_going_away");
  });

  it("sync_older_list_dropped for a list from a lagging server", () => {
    const lab = syncedLab();
    lab.watch(0).reply.error(EXPIRED);
    replyList(lab.list(0), 15, { a: 3 });
    expect(eventsOf(lab)).to.include("sync_older_list_dropped");
  });

  it("sync_empty_list_questioned before it drops everything", () => {
    const lab = syncedLab();
    lab.reflector.relist("limit");
    replyList(lab.list(0), 50, {});
    expect(eventsOf(lab)).to.include("sync_empty_list_questioned");
  });

  it("sync_rewind_suspected at the first older list, sync_rewound at the second", () => {
    const lab = syncedLab({ traits: sendsBookmarks() });
    lab.advanceTo(90_000);
    replyList(lab.list(0), 5, { a: 3 });
    expect(eventsOf(lab)).to.include("sync_rewind_suspected").and.not.to.include("sync_rewound");
    lab.advanceTo(95_000);
    replyList(lab.list(1), 6, { a: 4 });
    expect(eventsOf(lab).at(-1)).to.equal("sync_rewound");
  });

  it("sync_diverged with the number of credentials that the watch did not bring", () => {
    const lab = syncedLab();
    lab.reflector.prove().subscribe();
    lab.versions(0).reply.next(versionList(30, { a: 7, b: 9, c: 28 }));
    lab.advanceTo(2_000);
    const line = lab.logged.find(({ event }) => event === "sync_diverged");
    expect(line?.fields).to.include({ credentials: 1 });
  });

  it("sync_proof_failed if names and versions are not available", () => {
    const lab = syncedLab();
    lab.reflector.prove().subscribe();
    lab.versions(0).reply.error(new SyncError("throttled", "429"));
    expect(eventsOf(lab)).to.include("sync_proof_failed");
  });

  it("sync_recovered when a trouble is over", () => {
    const lab = syncedLab();
    lab.watch(0).reply.error(new SyncError("reset", "broke off"));
    lab.advanceTo(2_000).watch(1).reply.next(OPEN);
    lab.advanceTo(4_000);
    expect(eventsOf(lab)).to.include.members(["sync_trouble", "sync_recovered"]);
  });
});
