// --write while the file system fails and recovers, with a clock that the test controls.
import { mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { deliverValues } from "../../../../src/cli/deliver/deliver-values.ts";
import { CliError } from "../../../../src/cli/run/cli-deps.ts";
import type { Credential, WatchUpdate } from "../../../../src/client/index.ts";
import { UNSYNCED, watchKey } from "../../../../src/client/watch-fold.ts";
import { ManualTime } from "../../../support/core/manual-time.ts";
import { wireCredential } from "../../../support/client/wire.ts";

/** Resolves at the next line on stderr. */
class Lines {
  readonly all: string[] = [];
  #wake: () => void = () => undefined;

  readonly write = (text: string | Uint8Array): Promise<void> => {
    this.all.push(
      String(text)
        .replace(/^podkey: /, "")
        .trimEnd(),
    );
    this.#wake();
    return Promise.resolve();
  };

  async until(pattern: RegExp, count = 1): Promise<void> {
    while (this.all.filter((line) => pattern.test(line)).length < count)
      await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

describe("watch --write", () => {
  let folder: string;
  let path: string;
  let time: ManualTime;
  let lines: Lines;
  let runs: number;
  let send: (update: WatchUpdate | undefined) => void;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "podkey-deliver-"));
    path = join(folder, "in", "password");
    await mkdir(join(folder, "in"));
    [time, lines, runs] = [new ManualTime(), new Lines(), 0];
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** Starts; the returned promise settles at the end of the updates (`send(undefined)`), or with the error. */
  function start({ key = "password", failFast = false, paths = [path] } = {}): Promise<unknown> {
    const queue: (WatchUpdate | undefined)[] = [];
    let wake = (): void => undefined;
    send = (update) => {
      queue.push(update);
      wake();
    };
    async function* updates(): AsyncGenerator<WatchUpdate, void, undefined> {
      for (;;) {
        if (queue.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        const next = queue.shift();
        if (next === undefined) return;
        yield next;
      }
    }
    const runner = { request: () => void (runs += 1), stop: () => Promise.resolve() };
    const targets = paths.map((one) => ({ key, path: one }));
    const explain = (): string => "podkey is away";
    const delivery = { targets, runner, explain, failFast, stderr: lines, timers: time };
    return deliverValues(updates(), delivery).catch((error: unknown) => error);
  }

  function change(...credentials: readonly Credential[]): WatchUpdate {
    const map = new Map(credentials.map((one) => [watchKey(one), one]));
    const state = { ...UNSYNCED, isSynced: true, credentials: map };
    return { kind: "change", state, change: { changed: credentials, removed: [] } };
  }
  const password = (value: string): Credential =>
    wireCredential("db", { data: { password: Buffer.from(value) } });
  const away = (): Promise<void> => rename(join(folder, "in"), join(folder, "away"));
  const back = (): Promise<void> => rename(join(folder, "away"), join(folder, "in"));

  it("keeps the old file and writes the new value after the folder is back, and then runs the command", async () => {
    const ended = start();
    send(change(password("one")));
    await lines.until(/^wrote/);
    await away();
    send(change(password("two")));
    await lines.until(/retrying/);
    expect(lines.all.at(-1)).to.equal(
      `${path} cannot be written (ENOENT); create its folder; the old value stays, retrying`,
    );
    expect(await readFile(join(folder, "away", "password"), "utf8")).to.equal("one");
    expect([runs, time.pending]).to.deep.equal([1, 1]);
    await back();
    time.advance(1000);
    await lines.until(/^wrote/, 2);
    expect(await readFile(path, "utf8")).to.equal("two");
    send(undefined);
    expect(await ended).to.equal(undefined);
    expect([runs, time.pending]).to.deep.equal([2, 0]);
    expect(await readdir(join(folder, "in"))).to.deep.equal(["password"]);
  });

  it("retries with backoff, reports the same failure once, and writes the newest value", async () => {
    const ended = start();
    send(change(password("one")));
    await lines.until(/^wrote/);
    await away();
    send(change(password("two")));
    for (const delayMs of [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
      while (time.pending === 0) await new Promise((resolve) => setImmediate(resolve));
      time.advance(delayMs - 1);
      expect(time.pending).to.equal(1);
      time.advance(1);
      expect(time.pending).to.equal(0);
    }
    while (time.pending === 0) await new Promise((resolve) => setImmediate(resolve));
    send({ kind: "heartbeat", state: UNSYNCED });
    await back();
    send(change(password("three")));
    await lines.until(/^wrote/, 2);
    expect(await readFile(path, "utf8")).to.equal("three");
    expect(lines.all.filter((line) => line.includes("retrying"))).to.have.length(1);
    send(undefined);
    await ended;
    expect(time.pending).to.equal(0);
  });

  it("retries the removal of a file", async () => {
    const ended = start();
    send(change(password("one")));
    await lines.until(/^wrote/);
    await rm(path);
    await mkdir(path);
    send(change());
    await lines.until(/cannot be removed .*retrying/);
    await rm(path, { recursive: true });
    time.advance(1000);
    await lines.until(/waiting for it/);
    send(undefined);
    await ended;
  });

  it("ends with the sentence before the first success, and at any failure with --fail-fast", async () => {
    await away();
    const first = start();
    send(change(password("one")));
    expect(await first)
      .to.be.instanceOf(CliError)
      .with.property("exitCode", 2);
    await back();
    const later = start({ failFast: true });
    send(change(password("one")));
    await lines.until(/^wrote/);
    await away();
    send(change(password("two")));
    expect(await later)
      .to.be.instanceOf(CliError)
      .with.property("message")
      .that.matches(/create its folder$/);
  });

  for (const key of ["constructor", "toString", "__proto__", "hasOwnProperty"])
    it(`waits for the key ${key}, which every JavaScript object has`, async () => {
      const ended = start({ key });
      send(change(password("one")));
      await lines.until(/./);
      expect(lines.all).to.deep.equal([`there is no key ${key}: waiting for it`]);
      const data: Record<string, Buffer> = Object.fromEntries([[key, Buffer.from("its value")]]);
      send(change(wireCredential("db", { data })));
      await lines.until(/^wrote/);
      expect(await readFile(path, "utf8")).to.equal("its value");
      send(undefined);
      await ended;
    });
});
