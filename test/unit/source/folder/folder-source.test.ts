import { expect } from "chai";
import { Subject } from "rxjs";
import { SecretValue } from "../../../../src/core/credential/secret-value.ts";
import type { ScopeId, SyncEvent } from "../../../../src/core/snapshot/sync-event.ts";
import {
  createFolderSource,
  LOOK_EVERY_MS,
  RETRY_MS,
  SETTLE_AT_MOST_MS,
  SETTLE_MS,
} from "../../../../src/source/folder/folder-source.ts";
import type { Listing } from "../../../../src/source/folder/listing.ts";
import { FolderMovedError } from "../../../../src/source/folder/listing.ts";
import type { FolderItem } from "../../../../src/source/folder/version-book.ts";
import { ManualTime } from "../../../support/core/manual-time.ts";
import { recordingLog } from "../../../support/folder/folder-drive.ts";

const SCOPE = "test" as ScopeId;

/** A folder in memory: file name to content, and the content is a credential's only value. */
class FakeFolder {
  files: Record<string, string> = { a: "1" };
  gone = false;
  looks = 0;
  reads = 0;
  movesDuringRead = 0;

  list(): Promise<Listing> {
    this.looks += 1;
    if (this.gone) return Promise.reject(Object.assign(new Error("gone"), { code: "ENOENT" }));
    const files = Object.entries(this.files).map(([path, text]) => ({
      path,
      readFrom: path,
      identity: text,
    }));
    return Promise.resolve({ files, refusals: [], folders: [] });
  }

  read(listing: Listing): Promise<readonly FolderItem[]> {
    this.reads += 1;
    if (this.movesDuringRead-- > 0) return Promise.reject(new FolderMovedError("a"));
    return Promise.resolve(listing.files.map(({ path, identity }) => item(path, identity)));
  }
}

function item(name: string, text: string): FolderItem {
  return {
    namespace: "ns",
    name,
    uid: "",
    resourceVersion: "",
    type: "Opaque",
    data: new Map([["k", new SecretValue(Buffer.from(text))]]),
    labels: {},
    annotations: {},
    immutable: false,
    createTimeMs: undefined,
    expiry: undefined,
    problems: [],
  };
}

function open() {
  const folder = new FakeFolder();
  const time = new ManualTime();
  const hints = new Subject<void>();
  const { log, lines } = recordingLog();
  const source = createFolderSource({
    scope: { id: SCOPE, namespace: undefined, name: undefined },
    folder: "f",
    reader: folder,
    changes$: hints,
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
  /** Words for what came since the last call: the fake folder only needs microtasks, so one turn is a barrier. */
  const said = async (): Promise<string[]> => {
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
    return said();
  };
  return {
    folder,
    hints,
    lines,
    time,
    said,
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

describe("createFolderSource", () => {
  it("lists the folder at once, and proves it every ten seconds without reading it again", async () => {
    const { folder, said, pass } = open();
    expect(await said()).to.deep.equal(["reset initial", "a@1", "end@1"]);
    expect(await pass(LOOK_EVERY_MS - 1)).to.deep.equal([]);
    expect(await pass(1)).to.deep.equal(["proof"]);
    expect(folder.reads).to.equal(1);
  });

  it("believes a change once it has stood still", async () => {
    const { folder, hints, said, pass } = open();
    await said();
    folder.files = { a: "1", b: "2" };
    hints.next();
    expect(await said()).to.deep.equal([]);
    expect(await pass(SETTLE_MS)).to.deep.equal(["reset scan", "a@1", "b@2", "end@2"]);
  });

  it("never shows what was there for a moment only", async () => {
    const { folder, hints, said, pass } = open();
    await said();
    folder.files = {};
    hints.next();
    await said();
    folder.files = { a: "1" };
    expect(await pass(SETTLE_MS)).to.deep.equal(["proof"]);
  });

  it("waits anew after each further change, but not for ever", async () => {
    const { folder, hints, said, pass } = open();
    await said();
    let passedMs = 0;
    for (let n = 2; passedMs < SETTLE_AT_MOST_MS; n += 1) {
      folder.files = { a: String(n) };
      hints.next();
      expect(await said()).to.deep.equal([]);
      passedMs += SETTLE_MS - 1;
      const words = await pass(SETTLE_MS - 1);
      if (passedMs < SETTLE_AT_MOST_MS) expect(words).to.deep.equal([]);
      else expect(words).to.deep.equal(["reset scan", "a@2", "end@2"]);
    }
  });

  it("looks once per pause while a burst of writes goes on, however many hints it brings", async () => {
    const { folder, hints, said, pass } = open();
    await said();
    const before = folder.looks;
    for (let n = 0; n < 100; n += 1) {
      folder.files = { a: `burst ${String(n)}` };
      hints.next();
      await said();
    }
    expect(folder.looks - before).to.equal(1);
    await pass(SETTLE_MS);
    expect(folder.looks - before).to.equal(2);
    expect(await pass(SETTLE_MS)).to.deep.equal(["reset scan", "a@2", "end@2"]);
  });

  it("proves a file that was only touched", async () => {
    const { folder, hints, said, pass } = open();
    await said();
    folder.read = (listing) => Promise.resolve(listing.files.map(({ path }) => item(path, "1")));
    folder.files = { a: "touched" };
    hints.next();
    await said();
    expect(await pass(SETTLE_MS)).to.deep.equal(["proof"]);
  });

  it("reads again where a file changed under its hands", async () => {
    const { folder, said, pass } = open();
    folder.movesDuringRead = 1;
    expect(await said()).to.deep.equal([]);
    expect(await pass(SETTLE_MS)).to.deep.equal(["reset initial", "a@1", "end@1"]);
  });

  it("says so once while the folder is away, keeps what it has, and goes on when it is back", async () => {
    const { folder, lines, said, pass } = open();
    await said();
    folder.gone = true;
    expect(await pass(LOOK_EVERY_MS)).to.deep.equal(["trouble SOURCE_ERROR"]);
    expect(await pass(RETRY_MS)).to.deep.equal([]);
    folder.gone = false;
    expect(await pass(RETRY_MS)).to.deep.equal(["trouble over", "proof"]);
    expect(lines.map(({ event }) => event)).to.deep.equal(["folder_unreadable", "folder_readable"]);
  });

  it("answers a proof by a look that began after the question", async () => {
    const { folder, said, prove, outcomes } = open();
    prove();
    await said();
    expect(folder.looks).to.equal(2);
    expect(outcomes).to.deep.equal([{ ok: true }]);
  });

  it("refuses a proof while the folder is away", async () => {
    const { folder, said, prove, outcomes } = open();
    await said();
    folder.gone = true;
    prove();
    await said();
    expect(outcomes).to.deep.equal([{ ok: false, reason: "SOURCE_ERROR" }]);
  });

  it("makes many hints and questions during one look into one more look", async () => {
    const { folder, hints, said, prove } = open();
    for (let n = 0; n < 100; n += 1) {
      hints.next();
      prove();
    }
    await said();
    expect(folder.looks).to.equal(2);
  });

  it("lists everything again when asked to, though nothing changed", async () => {
    const { said, relist } = open();
    await said();
    relist();
    expect(await said()).to.deep.equal(["reset limit", "a@1", "end@1"]);
  });

  it("leaves no timer and says nothing more once it is stopped", async () => {
    const { hints, said, stop, time } = open();
    await said();
    stop();
    hints.next();
    expect(await said()).to.deep.equal([]);
    expect(time.pending).to.equal(0);
    expect(hints.observed).to.equal(false);
  });
});
