import { expect } from "chai";
import { chmod, mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, systemTimers } from "../../../../src/app/process/system-clock.ts";
import { openManifests } from "../../../../src/source/manifests/manifest-source.ts";
import { SyncError } from "../../../../src/sync/port/sync-error.ts";
import type { LogLine } from "../../../support/folder/folder-drive.ts";
import { FolderDrive, recordingLog } from "../../../support/folder/folder-drive.ts";

function manifest(name: string, value: string): string {
  return `apiVersion: v1\nkind: Secret\nmetadata:\n  name: ${name}\nstringData:\n  k: "${value}"\n`;
}

describe("manifests: a folder", () => {
  let folder: string;
  let drive: FolderDrive;
  let lines: LogLine[];

  const write = (path: string, text: string): Promise<void> => writeFile(join(folder, path), text);

  async function open(): Promise<void> {
    const recording = recordingLog();
    lines = recording.lines;
    const source = await openManifests({
      folder,
      namespaces: ["shop"],
      selector: undefined,
      decode: { annotations: [] },
      clock: systemClock,
      timers: systemTimers,
      log: recording.log,
    });
    drive = new FolderDrive(source);
    await drive.until(() => drive.events.some(({ kind }) => kind === "reset-end"));
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "podkey-manifests-"));
    await write("a.yaml", manifest("one", "1"));
  });

  afterEach(async () => {
    drive.stop();
    await chmod(folder, 0o755).catch(() => undefined);
    await rm(folder, { recursive: true, force: true });
  });

  it("serves an edit, a new file, a new folder and a deletion", async () => {
    await open();
    expect(drive.text("shop/one", "k")).to.equal("1");
    await write("a.yaml", manifest("one", "2"));
    await drive.until(() => drive.text("shop/one", "k") === "2");
    await mkdir(join(folder, "deep"));
    await write(
      "deep/b.json",
      JSON.stringify({ apiVersion: "v1", kind: "Secret", metadata: { name: "two" } }),
    );
    await drive.until(() => drive.credentials.has("shop/two"));
    await rm(join(folder, "a.yaml"));
    await drive.until(() => !drive.credentials.has("shop/one"));
    expect([...drive.credentials.keys()]).to.deep.equal(["shop/two"]);
  });

  it("treats an editor's save by rename as one change, and ignores its swap file", async () => {
    await open();
    await write(".a.yaml.swp", "x: y: z");
    await write("a.yaml~", "x: y: z");
    await write(".new", manifest("one", "2"));
    await rename(join(folder, ".new"), join(folder, "a.yaml"));
    await drive.until(() => drive.text("shop/one", "k") === "2");
    expect(drive.events.filter(({ kind }) => kind === "reset-begin")).to.have.length(2);
    expect(lines).to.deep.equal([]);
  });

  it("follows a mounted ConfigMap through the swap of its ..data link", async () => {
    await rm(join(folder, "a.yaml"));
    for (const [version, value] of [
      ["..v1", "1"],
      ["..v2", "2"],
    ] as const) {
      await mkdir(join(folder, version));
      await write(`${version}/m.yaml`, manifest("mounted", value));
    }
    await symlink("..v1", join(folder, "..data"));
    await symlink("..data/m.yaml", join(folder, "m.yaml"));
    await open();
    expect(drive.text("shop/mounted", "k")).to.equal("1");
    await symlink("..v2", join(folder, "..data_tmp"));
    await rename(join(folder, "..data_tmp"), join(folder, "..data"));
    await rm(join(folder, "..v1"), { recursive: true });
    await drive.until(() => drive.text("shop/mounted", "k") === "2");
    expect([...drive.credentials.keys()]).to.deep.equal(["shop/mounted"]);
  });

  it("keeps the last good content of every credential of a broken file, with file, line and reason", async () => {
    await write("a.yaml", `${manifest("one", "1")}---\n${manifest("two", "2")}`);
    await open();
    await write("a.yaml", `${manifest("one", "9")}---\nhunter2: a: b\n`);
    await drive.until(() => drive.credentials.get("shop/one")?.problems.length === 1);
    for (const name of ["shop/one", "shop/two"]) {
      const [problem] = drive.credentials.get(name)?.problems ?? [];
      expect(problem).to.include({ reason: "BROKEN_FILE", contentOutdated: true });
      expect(problem?.message).to.match(/^a\.yaml:8: the indentation is wrong, or a text with a colon/);
    }
    expect(drive.text("shop/one", "k")).to.equal("1");
    expect(lines).to.deep.equal([
      {
        event: "manifests_file_broken",
        fields: {
          file: "a.yaml",
          line: 8,
          why: "the indentation is wrong, or a text with a colon and a space needs quotes",
        },
      },
    ]);
    await write("a.yaml", manifest("one", "1"));
    await drive.until(() => drive.credentials.get("shop/one")?.problems.length === 0);
    expect(drive.credentials.has("shop/two")).to.equal(false);
    expect(lines.at(-1)).to.deep.equal({ event: "manifests_file_mended", fields: { file: "a.yaml" } });
  });

  it("updates the other Secrets of a file when one has a mistake", async () => {
    await write("a.yaml", `${manifest("one", "1")}---\n${manifest("two", "2")}`);
    await open();
    await write("a.yaml", `${manifest("one", "5")}---\n${manifest("two", "2").replace(`k: "2"`, "k: [2]")}`);
    await drive.until(() => drive.text("shop/one", "k") === "5");
    expect(drive.text("shop/two", "k")).to.equal("2");
    expect(drive.credentials.get("shop/two")?.problems).to.have.length(1);
    expect(lines[0]?.fields).to.include({ file: "a.yaml", line: 13, name: "two", reason: "UNDECODABLE" });
  });

  it("serves the first path of two Secrets with one name, with a problem and a log line", async () => {
    await write("b.yaml", manifest("one", "from-b"));
    await open();
    expect(drive.text("shop/one", "k")).to.equal("1");
    expect(drive.credentials.get("shop/one")?.problems).to.have.length(1);
    expect(lines.map(({ event }) => event)).to.deep.equal(["manifests_duplicate"]);
    await rm(join(folder, "a.yaml"));
    await drive.until(() => drive.text("shop/one", "k") === "from-b");
    expect(drive.credentials.get("shop/one")?.problems).to.deep.equal([]);
  });

  it("detects a change that keeps size and mtime", async () => {
    const at = new Date("2026-01-01T00:00:00Z");
    await utimes(join(folder, "a.yaml"), at, at);
    await open();
    await write("a.yaml", manifest("one", "2"));
    await utimes(join(folder, "a.yaml"), at, at);
    expect(await drive.prove()).to.deep.equal({ ok: true });
    expect(drive.text("shop/one", "k")).to.equal("2");
  });

  it("keeps its content while the folder is missing", async () => {
    await open();
    await rename(folder, `${folder}.away`);
    expect(await drive.prove()).to.deep.equal({ ok: false, reason: "SOURCE_ERROR" });
    expect(drive.text("shop/one", "k")).to.equal("1");
    await rename(`${folder}.away`, folder);
    await write("a.yaml", manifest("one", "2"));
    expect(await drive.prove()).to.deep.equal({ ok: true });
    expect(drive.text("shop/one", "k")).to.equal("2");
  });

  it("does not loop through a link to its own folder", async () => {
    await symlink(".", join(folder, "again"));
    await open();
    expect([...drive.credentials.keys()]).to.deep.equal(["shop/one"]);
    expect(drive.credentials.get("shop/one")?.problems).to.deep.equal([]);
  });

  it("refuses a missing folder with one sentence", async () => {
    await open();
    for (const [path, words] of [
      [join(folder, "none"), /does not exist; create the folder or name another one\.$/],
      [join(folder, "a.yaml"), /is a file; name the folder that holds it\.$/],
    ] as const) {
      const opening = openManifests({
        folder: path,
        namespaces: [],
        selector: undefined,
        decode: { annotations: [] },
        clock: systemClock,
        timers: systemTimers,
        log: () => undefined,
      });
      const error: unknown = await opening.catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(SyncError).with.property("kind", "configuration");
      expect((error as SyncError).message).to.match(words);
    }
  });
});
