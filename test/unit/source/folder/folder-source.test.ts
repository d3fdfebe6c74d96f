import { expect } from "chai";
import { Subject } from "rxjs";
import type { ScopeId, SyncEvent } from "../../../../src/core/snapshot/sync-event.ts";
import {
  createFolderSource,
  POLL_INTERVAL_MS,
  RETRY_MS,
  SETTLE_AT_MOST_MS,
  SETTLE_MS,
} from "../../../../src/source/folder/folder-source.ts";
import type { Listing } from "../../../../src/source/folder/listing.ts";
import { FolderMovedError } from "../../../../src/source/folder/listing.ts";
import type { FolderItem } from "../../../../src/source/folder/version-book.ts";
import { credential } from "../../../support/core/credentials.ts";
import { ManualTime } from "../../../support/core/manual-time.ts";
import { recordingLog } from "../../../support/folder/folder-drive.ts";

const SCOPE = "test" as ScopeId;

/** A folder in memory: file name to content, which is the only value of its credential. */
class FakeFolder {
  files: Record<string, string> = { a: "1" };
  missing = false;
  polls = 0;
  reads = 0;
  changesDuringRead = 0;

  list(): Promise<Listing> {
    this.polls += 1;
    if (this.missing) return Promise.reject(Object.assign(new Error("missing"), { code: "ENOENT" }));
    const files = Object.entries(this.files).map(([path, text]) => ({
      path,
      readFrom: path,
      identity: text,
    }));
    return Promise.resolve({ files, refusals: [], folders: [] });
  }

  read(listing: Listing): Promise<readonly FolderItem[]> {
    this.reads += 1;
    if (this.changesDuringRead-- > 0) return Promise.reject(new FolderMovedError("a"));
    return Promise.resolve(listing.files.map(({ path, identity }) => item(path, identity)));
  }
}

function item(name: string, text: string): FolderItem {
  return credential(name, { namespace: "ns", uid: "", resourceVersion: "", data: { k: text } });
}

function open() {
  const folder = new FakeFolder();
  const time = new ManualTime();
  const changes = new Subject<void>();
  const { log, lines } = recordingLog();
  const source = createFolderSource({
    scope: { id: SCOPE, namespace: undefined, name: undefined },
    folder: "f",
    reader: folder,
    changes$: changes,
    clock: time,
    timers: time,
    log,
  });
  const events: SyncEvent[] = [];
  const subscription = source.events$.subscribe({
    next: (event) => events.push(event),
    error: () => undefined,
  });
  const outcomes: unknown[] = [];
  /** Texts for the events since the last call. The fake folder needs only microtasks, so one turn of the loop is enough. */
  const emitted = async (): Promise<string[]> => {
    await new Promise<void>((resolve) => setImmediate(resolve));
    return events.splice(0).flatMap((event) => {
      if (event.kind === "reset-begin") return [`reset ${event.cause}`];
      if (event.kind === "reset-item") return [`${event.item.name}@${event.item.resourceVersion}`];
      if (event.kind === "reset-end") return [`end@${event.resourceVersion}`];
      if (event.kind === "trouble") return [`trouble ${event.reason ?? "over"}`];
      return event.kind === "contact" ? [] : [event.kind];
    });
  };
  const pass = async (ms: number): Promise<string[]> => {
    time.advance(ms);
    return emitted();
  };
  return {
    folder,
    changes,
    lines,
    time,
    emitted,
    pass,
    outcomes,
    stop: () => {
      subscription.unsubscribe();
    },
    prove: () => source.prove([SCOPE]).subscribe({ next: (o) => outcomes.push(o), error: () => undefined }),
    relist: () => {
      source.relist(SCOPE, "limit");
    },
  };
}

describe("folder source", () => {
  it("lists the folder at once, and emits a proof every ten seconds without reading files again", async () => {
    const { folder, emitted, pass } = open();
    expect(await emitted()).to.deep.equal(["reset initial", "a@1", "end@1"]);
    expect(await pass(POLL_INTERVAL_MS - 1)).to.deep.equal([]);
    expect(await pass(1)).to.deep.equal(["proof"]);
    expect(folder.reads).to.equal(1);
  });

  it("accepts a change once it has settled", async () => {
    const { folder, changes, emitted, pass } = open();
    await emitted();
    folder.files = { a: "1", b: "2" };
    changes.next();
    expect(await emitted()).to.deep.equal([]);
    expect(await pass(SETTLE_MS)).to.deep.equal(["reset scan", "a@1", "b@2", "end@2"]);
  });

  it("ignores a change that is undone before it settles", async () => {
    const { folder, changes, emitted, pass } = open();
    await emitted();
    folder.files = {};
    changes.next();
    await emitted();
    folder.files = { a: "1" };
    expect(await pass(SETTLE_MS)).to.deep.equal(["proof"]);
  });

  it("waits again after each further change, up to a limit", async () => {
    const { folder, changes, emitted, pass } = open();
    await emitted();
    let passedMs = 0;
    for (let n = 2; passedMs < SETTLE_AT_MOST_MS; n += 1) {
      folder.files = { a: String(n) };
      changes.next();
      expect(await emitted()).to.deep.equal([]);
      passedMs += SETTLE_MS - 1;
      const words = await pass(SETTLE_MS - 1);
      if (passedMs < SETTLE_AT_MOST_MS) expect(words).to.deep.equal([]);
      else expect(words).to.deep.equal(["reset scan", "a@2", "end@2"]);
    }
  });

  it("polls once per settle time during a burst of writes", async () => {
    const { folder, changes, emitted, pass } = open();
    await emitted();
    const before = folder.polls;
    for (let n = 0; n < 100; n += 1) {
      folder.files = { a: `burst ${String(n)}` };
      changes.next();
      await emitted();
    }
    expect(folder.polls - before).to.equal(1);
    await pass(SETTLE_MS);
    expect(folder.polls - before).to.equal(2);
    expect(await pass(SETTLE_MS)).to.deep.equal(["reset scan", "a@2", "end@2"]);
  });

  it("emits a proof for a file that was only touched", async () => {
    const { folder, changes, emitted, pass } = open();
    await emitted();
    folder.read = (listing) => Promise.resolve(listing.files.map(({ path }) => item(path, "1")));
    folder.files = { a: "touched" };
    changes.next();
    await emitted();
    expect(await pass(SETTLE_MS)).to.deep.equal(["proof"]);
  });

  it("reads again if a file changed while it was read", async () => {
    const { folder, emitted, pass } = open();
    folder.changesDuringRead = 1;
    expect(await emitted()).to.deep.equal([]);
    expect(await pass(SETTLE_MS)).to.deep.equal(["reset initial", "a@1", "end@1"]);
  });

  it("reports a missing folder once, keeps its content, and recovers", async () => {
    const { folder, lines, emitted, pass } = open();
    await emitted();
    folder.missing = true;
    expect(await pass(POLL_INTERVAL_MS)).to.deep.equal(["trouble SOURCE_ERROR"]);
    expect(await pass(RETRY_MS)).to.deep.equal([]);
    folder.missing = false;
    expect(await pass(RETRY_MS)).to.deep.equal(["trouble over", "proof"]);
    expect(lines.map(({ event }) => event)).to.deep.equal(["folder_unreadable", "folder_readable"]);
  });

  it("answers a proof request by a poll that began after it", async () => {
    const { folder, emitted, prove, outcomes } = open();
    prove();
    await emitted();
    expect(folder.polls).to.equal(2);
    expect(outcomes).to.deep.equal([{ ok: true }]);
  });

  it("refuses a proof while the folder is missing", async () => {
    const { folder, emitted, prove, outcomes } = open();
    await emitted();
    folder.missing = true;
    prove();
    await emitted();
    expect(outcomes).to.deep.equal([{ ok: false, reason: "SOURCE_ERROR" }]);
  });

  it("runs one more poll for any number of changes and proof requests during a poll", async () => {
    const { folder, changes, emitted, prove } = open();
    for (let n = 0; n < 100; n += 1) {
      changes.next();
      prove();
    }
    await emitted();
    expect(folder.polls).to.equal(2);
  });

  it("emits everything again on a relist, also without a change", async () => {
    const { emitted, relist } = open();
    await emitted();
    relist();
    expect(await emitted()).to.deep.equal(["reset limit", "a@1", "end@1"]);
  });

  it("leaves no timer and emits nothing after it is stopped", async () => {
    const { changes, emitted, stop, time } = open();
    await emitted();
    stop();
    changes.next();
    expect(await emitted()).to.deep.equal([]);
    expect(time.pending).to.equal(0);
    expect(changes.observed).to.equal(false);
  });
});
