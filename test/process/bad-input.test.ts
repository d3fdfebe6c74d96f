// Mistakes of users: one sentence with the remedy, the right exit code, no stack trace.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { Ended, RunOptions } from "../support/process/run-podkey.ts";
import { runPodkey } from "../support/process/run-podkey.ts";

const NOBODY = 65_534;

describe("bad input", function () {
  this.timeout(15_000);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "podkey-bad-"));
    chmodSync(folder, 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs `serve` on the manifests in `folder`, with further arguments. */
  function serve(args: readonly string[], options?: RunOptions): Promise<Ended> {
    const common = ["--source", "manifests", "--manifests", folder, "--admin", "none"];
    return runPodkey(["serve", ...common, "--listen", `unix:${join(folder, "p.sock")}`, ...args], options);
  }

  function expectSentence(ended: Ended, code: number, sentence: RegExp): void {
    expect(ended.stderr).to.match(sentence);
    expect(ended.code, ended.stderr).to.equal(code);
    expect(ended.stderr).to.match(/^podkey: .*\n$/);
    expect(ended.stderr + ended.stdout).to.not.match(/^\s+at |node:internal/m);
  }

  it("suggests the nearest flag for an unknown one", async () => {
    expectSentence(
      await serve(["--drian", "2s"]),
      2,
      /--drian: is not an option of podkey serve; did you mean --drain\?/,
    );
  });

  it("suggests the nearest command for an unknown one", async () => {
    expectSentence(await runPodkey(["srve"]), 2, /unknown command 'srve' \(Did you mean serve\?\)/);
  });

  it("names a missing folder and its option", async () => {
    const ended = await serve(["--manifests", join(folder, "nowhere")]);
    expectSentence(ended, 2, /--manifests .*nowhere/);
  });

  it("names the line of a YAML error in the configuration file", async () => {
    const file = join(folder, "podkey.conf");
    writeFileSync(file, "apiVersion: config.podkey.dev/v1\nkind: SidecarConfiguration\ndrain: [1s\n");
    expectSentence(await serve(["--config", file]), 2, /podkey\.conf:\d: is not valid YAML/);
  });

  it("reports a missing configuration file", async () => {
    expectSentence(
      await serve(["--config", join(folder, "none.yaml")]),
      2,
      /none\.yaml: does not exist; check --config/,
    );
  });

  it("names the place of an invalid selector", async () => {
    expectSentence(await serve(["--selector", "a in (b"]), 2, /--selector: .*expected "\)" at character 8/);
  });

  it("rejects a socket path that is too long for the kernel", async () => {
    const ended = await serve(["--listen", `unix:${join(folder, "x".repeat(107))}`]);
    expectSentence(
      ended,
      2,
      /--listen: the socket path is \d+ bytes long, and the kernel allows 107; use a shorter path/,
    );
  });

  it("reports all mistakes at once", async () => {
    const { code, stderr } = await serve(["--drain", "soon", "--max-streams", "many"]);
    expect(code).to.equal(2);
    expect(stderr).to.match(
      /^podkey: 2 problems in the configuration:\n {2}--max-streams: .*\n {2}--drain: .*\n$/,
    );
  });

  it("reports a missing value", async () => {
    expectSentence(
      await serve(["--drain"]),
      2,
      /option '--drain <DURATION>' argument missing; see podkey --help/,
    );
  });

  it("names both places of the API server's address if neither has one", async () => {
    const ended = await runPodkey(["serve", "--admin", "none"], { env: { HOME: folder } });
    expectSentence(ended, 2, /not in a cluster .* and no kubeconfig at .*; run podkey in a pod/);
  });

  it("refuses --inspect if other containers could connect", async () => {
    const ended = await runPodkey(["serve", "--admin", "none"], { nodeArgs: ["--inspect=127.0.0.1:0"] });
    expect(ended.code).to.equal(2);
    expect(ended.stderr).to.match(/podkey: --inspect is refused with --source kubernetes.*remove it/);
  });

  for (const flag of [
    "--heapsnapshot-signal=SIGUSR2",
    "--report-on-fatalerror",
    "--abort-on-uncaught-exception",
  ])
    it(`refuses ${flag}, which makes Node write values to a file`, async () => {
      const ended = await runPodkey(["serve", "--admin", "none"], { nodeArgs: [flag], cwd: folder });
      expect(ended.code).to.equal(2);
      expect(ended.stderr).to.include(`podkey: ${flag} is refused with --source kubernetes`);
    });

  describe("with an address that cannot be opened", () => {
    let other: Server;
    beforeEach(() => (other = createServer()));
    afterEach((done) => void other.close(() => done()));

    function listening(where: string | number): Promise<void> {
      return new Promise((resolve) => {
        if (typeof where === "string") other.listen(where, resolve);
        else other.listen(where, "127.0.0.1", resolve);
      });
    }

    it("reports that another process has the socket", async () => {
      await listening(join(folder, "p.sock"));
      expectSentence(await serve([]), 4, /p\.sock/);
    });

    it("reports that another process has the admin port", async () => {
      await listening(0);
      const bound = other.address();
      const port = typeof bound === "object" ? String(bound?.port) : "";
      const ended = await serve(["--admin", `127.0.0.1:${port}`]);
      expectSentence(
        ended,
        4,
        /127\.0\.0\.1:\d+ is in use by another process; stop it, or choose another address with --admin/,
      );
    });
  });

  it("reports a socket folder that is not writable", async function () {
    if (process.getuid?.() !== 0) chmodSync(folder, 0o555);
    const ended = await serve([], process.getuid?.() === 0 ? { uid: NOBODY } : undefined);
    expectSentence(ended, 4, /p\.sock/);
  });
});
