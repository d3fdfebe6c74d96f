// `watch --write` and `--exec` on file systems that are full, read-only, busy or gone, and that recover.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { RunningPodkey } from "../../support/process/run-podkey.ts";

const OLD = "old-canary";
/** Larger than the 64 KiB of the small disk when 32 KiB are used. */
const NEW = "new-canary".repeat(4000);

describe("watch --write and --exec on a failing disk", function () {
  this.timeout(30_000);
  let folder: string;
  let disk: string;
  let file: string;
  let server: RunningPodkey;
  let watch: RunningPodkey | undefined;
  let hasMount: boolean;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "podkey-disk-"));
    disk = join(folder, "disk");
    file = join(disk, "password");
    mkdirSync(disk);
    mkdirSync(join(folder, "source"));
    // Only root, or a user namespace of its own, may mount.
    hasMount = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]).status === 0;
    put(OLD);
    const source = ["--source", "manifests", "--manifests", join(folder, "source"), "--admin", "none"];
    server = new RunningPodkey(["serve", ...source, "--listen", `unix:${join(folder, "podkey.sock")}`]);
    await server.logged("app_ready");
  });
  afterEach(async () => {
    for (const podkey of [watch, server]) {
      podkey?.kill("SIGKILL");
      await podkey?.ended();
    }
    while (spawnSync("umount", [file]).status === 0);
    if (hasMount) execFileSync("umount", ["--lazy", disk]);
    rmSync(folder, { recursive: true });
  });

  function put(value: string): void {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "db" }, stringData: { key: value } };
    writeFileSync(join(folder, "source", "db.json"), JSON.stringify(secret));
  }

  function start(...flags: readonly string[]): RunningPodkey {
    const env = { PODKEY_ENDPOINT: `unix:${join(folder, "podkey.sock")}` };
    return (watch = new RunningPodkey(["watch", "db", ...flags], { env }));
  }

  const writing = (...flags: readonly string[]): RunningPodkey =>
    start("--key", "key", "--write", file, ...flags);

  const faults: readonly (readonly [string, () => void, () => void])[] = [
    [
      "ENOSPC",
      () => writeFileSync(join(disk, "filler"), Buffer.alloc(60 * 1024 - 4096)),
      () => rmSync(join(disk, "filler")),
    ],
    [
      "EROFS",
      () => execFileSync("mount", ["-o", "remount,ro", disk]),
      () => execFileSync("mount", ["-o", "remount,rw", disk]),
    ],
    ["EBUSY", () => execFileSync("mount", ["--bind", file, file]), () => execFileSync("umount", [file])],
  ];
  for (const [code, fail, recover] of faults)
    it(`keeps the old file at ${code}, and writes the new value after the recovery`, async function () {
      if (!hasMount) this.skip();
      const running = writing("--exec", "echo ran");
      await running.printed(/ran\n/);
      fail();
      put(NEW);
      await running.printed(
        new RegExp(`password cannot be written \\(${code}\\).*; the old value stays, retrying`),
      );
      expect(readFileSync(file, "utf8")).to.equal(OLD);
      recover();
      await running.printed(/wrote [^]*wrote /);
      await running.printed(/ran\nran\n/);
      expect(readFileSync(file, "utf8")).to.equal(NEW);
      running.kill("SIGTERM");
      expect((await running.ended()).code).to.equal(0);
      expect(running.output).not.to.contain("canary");
    });

  it("keeps running while its folder is gone", async () => {
    if (hasMount) execFileSync("umount", [disk]);
    hasMount = false;
    const running = writing();
    await running.printed(/wrote /);
    renameSync(disk, join(folder, "away"));
    put(NEW);
    await running.printed(/\(ENOENT\); create its folder; the old value stays, retrying/);
    renameSync(join(folder, "away"), disk);
    await running.printed(/wrote [^]*wrote /);
    expect(readFileSync(file, "utf8")).to.equal(NEW);
  });

  it("ends at the first failure with --fail-fast", async function () {
    if (!hasMount) this.skip();
    const running = writing("--fail-fast");
    await running.printed(/wrote /);
    writeFileSync(join(disk, "filler"), Buffer.alloc(60 * 1024 - 4096));
    put(NEW);
    const { code, stderr } = await running.ended();
    expect(stderr).to.match(/password cannot be written \(ENOSPC\); free space on its disk\n$/);
    expect(code).to.equal(1);
    expect(readFileSync(file, "utf8")).to.equal(OLD);
  });

  it("starts the command again after it could not be started", async () => {
    if (hasMount) execFileSync("mount", ["-o", "remount,exec", disk]);
    const program = join(disk, "reload");
    writeFileSync(program, "#!/bin/sh\necho reloaded\n");
    const running = start("--exec", program);
    await running.printed(/SYNCED/);
    put(NEW);
    await running.printed(/reload could not be run: EACCES; retrying/);
    chmodSync(program, 0o755);
    await running.printed(/reloaded/);
  });

  it("ends at the first command that fails with --fail-fast, and not without it", async () => {
    const patient = start("--exec", "sh -c 'exit 3'");
    await patient.printed(/SYNCED/);
    put("a");
    await patient.printed(/sh ended with exit code 3\n/);
    patient.kill("SIGTERM");
    expect((await patient.ended()).code).to.equal(0);
    const running = start("--exec", "sh -c 'exit 3'", "--fail-fast");
    await running.printed(/SYNCED/);
    put("b");
    const { code, stderr } = await running.ended();
    expect(stderr).to.match(/podkey: sh ended with exit code 3\n$/);
    expect(code).to.equal(1);
  });
});
