import { expect } from "chai";
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, systemTimers } from "../../../../src/app/process/system-clock.ts";
import { openVolume } from "../../../../src/source/volume/volume-source.ts";
import type { LogLine } from "../../../support/folder/folder-drive.ts";
import { FolderDrive, recordingLog } from "../../../support/folder/folder-drive.ts";

describe("volume: a folder", () => {
  let folder: string;
  let drive: FolderDrive;
  let lines: LogLine[];

  /** Writes a version of a mount as the kubelet's AtomicWriter does. */
  async function writeVersion(
    mount: string,
    version: string,
    keys: Readonly<Record<string, string | Uint8Array>>,
  ) {
    await mkdir(join(folder, mount, version), { recursive: true });
    for (const [key, value] of Object.entries(keys))
      await writeFile(join(folder, mount, version, key), value);
    await symlink(version, join(folder, mount, "..data_tmp"));
    await rename(join(folder, mount, "..data_tmp"), join(folder, mount, "..data"));
    for (const key of Object.keys(keys))
      await symlink(`..data/${key}`, join(folder, mount, key)).catch(() => undefined);
  }

  async function open(): Promise<void> {
    const recording = recordingLog();
    lines = recording.lines;
    const deps = { folder, namespace: "shop", decode: { annotations: [] }, log: recording.log };
    drive = new FolderDrive(await openVolume({ ...deps, clock: systemClock, timers: systemTimers }));
    await drive.until(() => drive.events.some(({ kind }) => kind === "reset-end"));
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "podkey-volume-"));
  });

  afterEach(async () => {
    drive.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("serves each mounted Secret as an Opaque credential with unchanged bytes", async () => {
    const binary = Uint8Array.of(0, 255, 10, 13, 128);
    await writeVersion("db", "..v1", { password: "p", "tls.bin": binary, empty: "" });
    await mkdir(join(folder, "hollow"));
    await open();
    const credential = drive.credentials.get("shop/db");
    expect(credential).to.include({ type: "Opaque", uid: "", createTimeMs: undefined, resourceVersion: "1" });
    expect([...(credential?.data.keys() ?? [])]).to.deep.equal(["empty", "password", "tls.bin"]);
    expect(Buffer.from(credential?.data.get("tls.bin")?.reveal() ?? []).equals(binary)).to.equal(true);
    expect(drive.credentials.get("shop/hollow")?.data.size).to.equal(0);
  });

  it("treats a swap of ..data as one change", async () => {
    await writeVersion("db", "..v1", { username: "u1", password: "p1" });
    await open();
    await writeVersion("db", "..v2", { username: "u2", password: "p2", extra: "e" });
    await rm(join(folder, "db", "..v1"), { recursive: true });
    await drive.until(() => drive.text("shop/db", "password") === "p2");
    expect(drive.text("shop/db", "username")).to.equal("u2");
    expect(drive.text("shop/db", "extra")).to.equal("e");
    expect(drive.events.filter(({ kind }) => kind === "reset-begin")).to.have.length(2);
  });

  it("serves ordinary folders of files, as other orchestrators mount them", async () => {
    await mkdir(join(folder, "plain"));
    await writeFile(join(folder, "plain", "token"), "t1");
    await open();
    await writeFile(join(folder, "plain", "token"), "t2");
    await drive.until(() => drive.text("shop/plain", "token") === "t2");
    await rm(join(folder, "plain"), { recursive: true });
    await drive.until(() => drive.credentials.size === 0);
  });

  it("refuses nested folders, dangling links, invalid names and files beside the mounts, each with a reason", async () => {
    await mkdir(join(folder, "db", "nested"), { recursive: true });
    await writeFile(join(folder, "db", "k"), "v");
    await writeFile(join(folder, "db", "not a key"), "v");
    await symlink("nowhere", join(folder, "db", "dangling"));
    await mkdir(join(folder, "Bad_Name"));
    await writeFile(join(folder, "stray"), "v");
    await open();
    expect([...drive.credentials.keys()]).to.deep.equal(["shop/db"]);
    expect([...(drive.credentials.get("shop/db")?.data.keys() ?? [])]).to.deep.equal(["k"]);
    expect(drive.credentials.get("shop/db")?.problems.map(({ message }) => message)).to.deep.equal([
      "db holds a file whose name is not a valid key; it is not served.",
      "db/dangling is a dangling link; it is not served.",
      "db/nested is a nested folder; a key must be a file; it is not served.",
    ]);
    expect(lines.map(({ event, fields }) => `${event} ${String(fields["path"])}`)).to.deep.equal([
      "folder_entry_refused Bad_Name",
      "folder_entry_refused db",
      "folder_entry_refused db/dangling",
      "folder_entry_refused db/nested",
      "folder_entry_refused stray",
    ]);
  });
});
