/** Files that are large, deep or repetitive do not hold up the event loop, and files out of the folder are not read. */
import { writeFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { systemClock, systemTimers } from "../../../../src/app/process/system-clock.ts";
import { openManifests } from "../../../../src/source/manifests/manifest-source.ts";
import type { LogLine } from "../../../support/folder/folder-drive.ts";
import { FolderDrive, recordingLog } from "../../../support/folder/folder-drive.ts";
import { longestTurnMs } from "../../../support/folder/turn-meter.ts";

const MIB = 1024 * 1024;
const MAX_TURN_MS = 50;
const HEAD = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n";

function keys(count: number): string {
  return `${HEAD}stringData:\n${Array.from({ length: count }, (_, n) => `  k${String(n)}: v\n`).join("")}`;
}

/** `unit` repeated up to `sizeBytes`. */
function filled(unit: string, sizeBytes: number): string {
  return unit.repeat(Math.floor(sizeBytes / unit.length));
}

describe("manifests: large files", function () {
  this.timeout(60_000);
  let folder: string;
  let drive: FolderDrive | undefined;
  let lines: LogLine[];

  async function open(): Promise<void> {
    const recording = recordingLog();
    lines = recording.lines;
    const source = await openManifests({
      folder,
      namespaces: [],
      selector: undefined,
      decode: { annotations: [] },
      clock: systemClock,
      timers: systemTimers,
      log: recording.log,
    });
    const opened = new FolderDrive(source);
    drive = opened;
    await opened.until(() => opened.events.some(({ kind }) => kind === "reset-end"));
  }

  const write = (path: string, text: string | Uint8Array): Promise<void> =>
    writeFile(join(folder, path), text);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "podkey-large-"));
  });

  afterEach(async () => {
    drive?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const kinds: readonly (readonly [
    what: string,
    file: string,
    content: string,
    fault: RegExp | undefined,
  ])[] = [
    ["4 MiB of separators", "x.yaml", filled("---\n", 4 * MIB), /more than 300000 lines, brackets/],
    [
      "4 MiB of a list",
      "x.yaml",
      `kind: X\nx: [${filled("a,", 4 * MIB - 16)}]`,
      /more than 300000 lines, brackets/,
    ],
    ["4 MiB of JSON without a Secret", "x.json", `{"x":["${filled("a", 4 * MIB - 16)}"]}`, undefined],
    [
      "JSON with 100,000 keys",
      "x.json",
      `{${Array.from({ length: 100_000 }, (_, n) => `"${String(n)}":1`).join()}}`,
      undefined,
    ],
    ["100,000 open brackets", "x.yaml", filled("[", 100_000), /nested too deep/],
    ["a mapping of 60,000 keys", "x.yaml", `kind: X\n${keys(60_000).slice(HEAD.length)}`, undefined],
    [
      "40,000 Secrets without a name",
      "x.yaml",
      filled("kind: Secret\n---\n", 600_000),
      /apiVersion is missing/,
    ],
    ["5 MiB", "x.yaml", `#${filled("x", 5 * MIB)}`, /is larger than 4 MiB/],
  ];
  for (const [what, file, content, fault] of kinds)
    it(`reads ${what} in turns of less than 50 ms, and serves the other files`, async () => {
      await write("good.yaml", HEAD);
      await write(file, content);
      expect(await longestTurnMs(open)).to.be.below(MAX_TURN_MS);
      expect([...(drive?.credentials.keys() ?? [])]).to.deep.equal(["default/a"]);
      const broken = lines.filter(({ event }) => event === "manifests_file_broken");
      expect(broken).to.have.length(fault === undefined ? 0 : 1);
      if (fault !== undefined) expect(broken[0]?.fields["why"]).to.match(fault);
    });

  it("serves a Secret of 5,000 keys, and refuses one more, in turns of less than 50 ms", async () => {
    await write("x.yaml", keys(5_000));
    expect(await longestTurnMs(open)).to.be.below(MAX_TURN_MS);
    expect(drive?.credentials.get("default/a")?.data.size).to.equal(5_000);
    drive?.stop();
    await write("x.yaml", keys(5_001));
    await open();
    expect(lines.map(({ fields }) => fields["why"])).to.deep.equal([
      "x.yaml:4: the Secret has more than 5000 keys; split it",
    ]);
  });

  it("serves 5,000 Secrets of one file in turns of less than 50 ms", async () => {
    const documents = Array.from(
      { length: 5000 },
      (_, n) => `${HEAD.replace("name: a", `name: s${String(n)}`)}stringData: {k: v}\n`,
    );
    await write("x.yaml", documents.join("---\n"));
    expect(await longestTurnMs(open)).to.be.below(MAX_TURN_MS);
    expect(drive?.credentials.size).to.equal(5000);
  });

  it("serves 10,000 files in turns of less than 50 ms", async () => {
    const names = Array.from({ length: 10_000 }, (_, n) => `s${String(n)}`);
    for (const name of names)
      writeFileSync(join(folder, `${name}.yaml`), HEAD.replace("name: a", `name: ${name}`));
    expect(await longestTurnMs(open)).to.be.below(MAX_TURN_MS);
    expect(drive?.credentials.size).to.equal(10_000);
  });

  it("refuses a link out of the folder, and follows links inside it", async () => {
    const outside = await mkdtemp(join(tmpdir(), "podkey-outside-"));
    await writeFile(join(outside, "secret.yaml"), HEAD);
    await mkdir(join(folder, "real"));
    await write("real/a.yaml", HEAD);
    await symlink("real", join(folder, "again"));
    await symlink(outside, join(folder, "folder"));
    await symlink(join(outside, "secret.yaml"), join(folder, "file.yaml"));
    await symlink("/", join(folder, "root"));
    await open();
    await rm(outside, { recursive: true });
    expect([...(drive?.credentials.keys() ?? [])]).to.deep.equal(["default/a"]);
    expect(drive?.credentials.get("default/a")?.problems).to.deep.equal([]);
    expect(lines.map(({ event, fields }) => `${event} ${String(fields["path"])}`)).to.deep.equal([
      "folder_entry_refused file.yaml",
      "folder_entry_refused folder",
      "folder_entry_refused root",
    ]);
  });
});
