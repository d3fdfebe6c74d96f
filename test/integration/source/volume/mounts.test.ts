/**
 * Mounts as the kubelet and CSI drivers write them: projected volumes of several sources, drivers that write file by
 * file, repeated swaps, and files with any bytes.
 */
import { mkdir, mkdtemp, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { systemClock, systemTimers } from "../../../../src/app/process/system-clock.ts";
import { openVolume } from "../../../../src/source/volume/volume-source.ts";
import { writeAtomically } from "../../../support/folder/atomic-writer.ts";
import type { LogLine } from "../../../support/folder/folder-drive.ts";
import { FolderDrive, recordingLog } from "../../../support/folder/folder-drive.ts";
import { createCertificateAuthority } from "../../../support/tls/certificate-authority.ts";

const EXP = Date.UTC(2030, 0, 1) / 1000;

function projectedToken(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256" })}.${part({ sub: "system:serviceaccount:shop:web", exp: EXP })}.c2ln`;
}

describe("volume: mounts", () => {
  let folder: string;
  let drive: FolderDrive;
  let lines: LogLine[];

  async function open(): Promise<void> {
    const recording = recordingLog();
    lines = recording.lines;
    const deps = { folder, namespace: "shop", decode: { annotations: [] }, log: recording.log };
    drive = new FolderDrive(await openVolume({ ...deps, clock: systemClock, timers: systemTimers }));
    await drive.until(() => drive.events.some(({ kind }) => kind === "reset-end"));
  }

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "podkey-mounts-"));
  });

  afterEach(async () => {
    drive.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("serves a projected volume with its token's expiry, and refuses nested item paths", async () => {
    const { certificatePem } = createCertificateAuthority().issue();
    const files = {
      token: projectedToken(),
      "ca.crt": certificatePem,
      namespace: "shop",
      "deep/er/password": "p",
    };
    await writeAtomically(join(folder, "identity"), "..2030_01", files);
    await open();
    const found = drive.credentials.get("shop/identity");
    expect([...(found?.data.keys() ?? [])]).to.deep.equal(["ca.crt", "namespace", "token"]);
    expect(found?.expiry).to.deep.equal({ atMs: EXP * 1000, keys: ["token"] });
    expect(found?.problems.map(({ reason, message }) => `${reason} ${message}`)).to.deep.equal([
      "BAD_ENTRY identity/deep is a nested folder; a key must be a file; it is not served.",
    ]);
    expect(lines.map(({ event, fields }) => `${event} ${String(fields["path"])}`)).to.deep.equal([
      "folder_entry_refused identity/deep",
    ]);
  });

  it("serves files that a CSI driver writes one by one, once they settle", async () => {
    const mount = join(folder, "vault");
    await mkdir(mount);
    await writeFile(join(mount, "user"), "u1");
    await writeFile(join(mount, "password"), "p1");
    await open();
    for (const [key, value] of [
      ["user", "u2"],
      ["password", "p2"],
    ] as const) {
      await writeFile(join(mount, `.${key}.tmp`), value);
      await rename(join(mount, `.${key}.tmp`), join(mount, key));
    }
    await drive.until(() => drive.text("shop/vault", "password") === "p2");
    expect(drive.text("shop/vault", "user")).to.equal("u2");
  });

  it("never mixes two versions, however often ..data is swapped", async () => {
    const mount = join(folder, "pair");
    const write = (version: number): Promise<void> => {
      const value = `${String(version)}:`.padEnd(20_000, "x");
      return writeAtomically(mount, `..v${String(version)}`, {
        "tls.crt": value,
        "tls.key": value,
        "z.last": value,
      });
    };
    await write(0);
    await open();
    const torn: string[] = [];
    const check = (): void => {
      const keys = ["tls.crt", "tls.key", "z.last"].map((key) => drive.text("shop/pair", key)?.split(":")[0]);
      if (new Set(keys).size !== 1) torn.push(keys.join());
    };
    for (let version = 1; version <= 60; version += 1) {
      await write(version);
      check();
    }
    await drive.until(() => {
      check();
      return drive.text("shop/pair", "tls.crt")?.startsWith("60:") === true;
    });
    expect(torn).to.deep.equal([]);
  });

  it("serves every byte of a file, and an empty file", async () => {
    const all = Uint8Array.from({ length: 256 }, (_, index) => index);
    const key = Buffer.alloc(300_000, "\u0000\u00ff\r\n");
    await writeAtomically(join(folder, "keys"), "..v1", { all, "key.p12": key, none: "" });
    await open();
    const { data } = drive.credentials.get("shop/keys") ?? { data: new Map<string, never>() };
    expect([...data].map(([name, value]) => [name, value.sizeBytes])).to.deep.equal([
      ["all", 256],
      ["key.p12", 300_000],
      ["none", 0],
    ]);
    expect(Buffer.from(data.get("key.p12")?.reveal() ?? []).equals(key)).to.equal(true);
  });

  it("keeps the last good content of a key that can no longer be read, with a problem", async () => {
    await mkdir(join(folder, "db"));
    await writeFile(join(folder, "db", "password"), "p1");
    await open();
    // Root can read everything, so the file is made too large. A sparse file needs no space.
    await truncate(join(folder, "db", "password"), 97 * 1024 * 1024);
    await drive.until(() => drive.credentials.get("shop/db")?.problems.length === 1);
    expect(drive.text("shop/db", "password")).to.equal("p1");
    expect(drive.credentials.get("shop/db")?.problems[0]).to.deep.include({
      reason: "BAD_ENTRY",
      message: "Key password is larger than 96 MiB; the last good content is served.",
      contentOutdated: true,
    });
  });
});
