// Standard output that cannot be written: a full disk, a reader that has gone, a slow reader. The oracle is coreutils.
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../../support/docs/checkout.ts";
import type { Ended } from "../../support/process/run-podkey.ts";
import { RunningPodkey, runPodkey } from "../../support/process/run-podkey.ts";

const MAIN = join(ROOT, "src", "main.ts");
/** Longer than the 64 KiB of a pipe. */
const LONG = "x".repeat(300_000);
const SIGPIPE_EXIT = 141;

describe("output that cannot be written", function () {
  this.timeout(30_000);
  let folder: string;
  let env: Readonly<Record<string, string>>;
  let server: RunningPodkey;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "podkey-output-"));
    const endpoint = `unix:${join(folder, "podkey.sock")}`;
    env = { PODKEY_ENDPOINT: endpoint };
    writeSecret("db", LONG);
    const source = ["--source", "manifests", "--manifests", folder];
    server = new RunningPodkey(["serve", ...source, "--listen", endpoint, "--admin", "none"]);
    await server.logged("app_ready");
  });
  after(async () => {
    server.kill("SIGKILL");
    await server.ended();
    rmSync(folder, { recursive: true });
  });

  function writeSecret(name: string, value: string): void {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name }, stringData: { key: value } };
    writeFileSync(join(folder, `${name}.json`), JSON.stringify(secret));
  }

  async function runToFullDisk(args: readonly string[]): Promise<Ended> {
    const stdoutFd = openSync("/dev/full", "w");
    try {
      return await runPodkey(args, { env, stdoutFd });
    } finally {
      closeSync(stdoutFd);
    }
  }

  const commands: readonly (readonly string[])[] = [
    ["get", "db"],
    ["get", "db", "--key", "key", "-o", "raw"],
    ["get", "db", "-o", "json", "--show-values"],
    ["list"],
    ["list", "-o", "yaml"],
    ["watch"],
    ["watch", "-o", "json"],
    ["check", "--source", "volume", "--volume", "."],
    ["config", "print", "--defaults"],
    ["config", "schema"],
    ["config", "explain", "drain"],
    ["completion", "bash"],
    ["version"],
    ["--version"],
    ["help"],
    ["get", "--help"],
  ];
  for (const args of commands)
    it(`podkey ${args.join(" ")} exits with 1 and one sentence on a full disk`, async () => {
      const { code, stderr } = await runToFullDisk(args);
      expect(stderr).to.equal(
        "podkey: standard output cannot be written (ENOSPC); free space on the disk, or write elsewhere\n",
      );
      expect(code).to.equal(1);
    });

  it("reports a file that a full disk cuts in the middle of a write", () => {
    const file = join(folder, "cut");
    const script = 'ulimit -f 8; trap "" XFSZ; exec "$@" > "$0"';
    const args = ["-c", script, file, process.execPath, MAIN, "get", "db", "--key", "key", "-o", "raw"];
    const run = (): void =>
      void execFileSync("bash", args, { env: { ...process.env, ...env }, stdio: "pipe" });
    expect(run).to.throw(/standard output cannot be written \(EFBIG\)/);
    expect(statSync(file).size).to.be.within(1, LONG.length - 1);
  });

  it("writes a long value completely to a file and to a slow reader", async () => {
    const file = join(folder, "whole");
    const stdoutFd = openSync(file, "w");
    await runPodkey(["get", "db", "--key", "key", "-o", "raw"], { env, stdoutFd });
    closeSync(stdoutFd);
    expect(readFileSync(file, "utf8")).to.equal(LONG);
    const slowly = '"$@" | dd bs=512 status=none | wc -c';
    const args = ["-c", slowly, "bash", process.execPath, MAIN, "get", "db", "--key", "key", "-o", "raw"];
    const counted = execFileSync("bash", args, { env: { ...process.env, ...env }, encoding: "utf8" });
    expect(Number(counted)).to.equal(LONG.length);
  });

  it("ends without a message, as after SIGPIPE, if its reader has gone", async () => {
    for (const args of [
      ["get", "db", "-o", "json", "--show-values"],
      ["config", "schema"],
    ]) {
      const podkey = new RunningPodkey(args, { env, unread: true });
      podkey.abandonStdout();
      expect(await podkey.ended()).to.include({ code: SIGPIPE_EXIT, stderr: "" });
    }
  });

  it("ends a watch at its next write if its reader has gone", async () => {
    const watch = new RunningPodkey(["watch", "-o", "name"], { env });
    await watch.printed(/default\/db/);
    watch.abandonStdout();
    writeSecret("later", "value");
    expect(await watch.ended()).to.include({ code: SIGPIPE_EXIT, stderr: "" });
  });
});
