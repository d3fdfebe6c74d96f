import { expect } from "chai";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ExecCredential } from "../../../../../src/source/kubernetes/kubeconfig/exec-credential.ts";
import { runExecPlugin } from "../../../../../src/source/kubernetes/kubeconfig/exec-plugin.ts";
import type { ExecEntry } from "../../../../../src/source/kubernetes/kubeconfig/kubeconfig-entries.ts";
import { SyncError } from "../../../../../src/sync/port/sync-error.ts";
import { ManualTime } from "../../../../support/core/manual-time.ts";

const V1 = "client.authentication.k8s.io/v1";

describe("exec plugin", () => {
  let folder: string;
  let time: ManualTime;
  let stop: AbortController;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "podkey-exec-"));
    time = new ManualTime();
    stop = new AbortController();
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  function run(script: string, entry: Partial<ExecEntry> = {}): Promise<ExecCredential> {
    const command = join(folder, "plugin.sh");
    writeFileSync(command, `#!/bin/sh\ncd ${folder}\n${script}\n`);
    chmodSync(command, 0o755);
    return runExecPlugin({
      timers: time,
      env: { PATH: process.env["PATH"] },
      hasTerminal: false,
      userName: "me",
      cluster: undefined,
      signal: stop.signal,
      entry: {
        apiVersion: V1,
        command,
        args: [],
        env: [],
        installHint: undefined,
        provideClusterInfo: false,
        interactiveMode: "Never",
        ...entry,
      },
    });
  }

  async function failure(script: string, entry: Partial<ExecEntry> = {}): Promise<string> {
    const thrown = await run(script, entry).catch((error: unknown) => error);
    expect(thrown).to.be.instanceOf(SyncError).with.property("kind", "unauthorized");
    return (thrown as Error).message.replaceAll(folder, "FOLDER");
  }

  /** Resolves when the script has written the file. */
  async function written(name: string): Promise<string> {
    await new Promise<void>((resolve) => {
      const watcher = watch(folder, check);
      function check(): void {
        if (!existsSync(join(folder, name))) return;
        watcher.close();
        resolve();
      }
      check();
    });
    return readFileSync(join(folder, name), "utf8");
  }

  /** Resolves when the kernel has ended the process; a zombie has ended. */
  async function ended(pid: string): Promise<void> {
    const status = `/proc/${pid}/status`;
    while (existsSync(status) && !/^State:\s+[ZX]/m.test(readText(status)))
      await new Promise((resolve) => setImmediate(resolve));
  }

  function readText(path: string): string {
    try {
      return readFileSync(path, "utf8");
    } catch {
      return "State: X";
    }
  }

  /** Starts a process that never ends, and writes its pid with a rename, so that it is read whole. */
  const NEVER_ENDS = "sleep 1000 & echo $! > new && mv new pid\necho 'open the login page' >&2\nwait";

  it("kills a plugin that does not end within 30 s, with the processes that it started", async () => {
    const failed = failure(NEVER_ENDS);
    const pid = (await written("pid")).trim();
    time.advance(30_000);
    expect(await failed).to.match(
      /^The exec plugin FOLDER\/plugin\.sh of the user me did not end within 30 s and was killed/,
    );
    await ended(pid);
  });

  it("kills a running plugin when podkey stops", async () => {
    const failed = failure(NEVER_ENDS);
    const pid = (await written("pid")).trim();
    stop.abort();
    expect(await failed).to.contain("was killed because podkey stops");
    await ended(pid);
    expect(time.pending, "timers").to.equal(0);
  });

  it("closes stdin, so that a plugin that asks a question ends", async () => {
    expect(await failure("read -r answer || { echo 'no answer' >&2; exit 4; }")).to.contain(
      "failed with exit code 4: no answer.",
    );
  });

  it("quotes the first line of stderr without control characters, and nothing of stdout", async () => {
    const message = await failure(
      "echo hunter2; printf '\\n\\033[31mtoken of hunter3 expired\\033[0m\\nmore\\n' >&2; exit 1",
    );
    expect(message).to.equal(
      "The exec plugin FOLDER/plugin.sh of the user me failed with exit code 1: [31mtoken of hunter3 expired[0m.",
    );
  });

  it("kills a plugin that prints more than 1 MiB", async () => {
    expect(await failure("while :; do echo 0123456789012345678901234567890123456789; done")).to.contain(
      "printed more than 1 MiB",
    );
  });

  it("sets KUBERNETES_EXEC_INFO and the variables of the entry", async () => {
    const output = JSON.stringify({ apiVersion: V1, kind: "ExecCredential", status: { token: "t" } });
    await run(
      `printf '%s' "$KUBERNETES_EXEC_INFO" > info; printf '%s' "$COLOUR" > colour; echo '${output}'`,
      {
        env: [{ name: "COLOUR", value: "blue" }],
      },
    );
    expect(JSON.parse(readFileSync(join(folder, "info"), "utf8"))).to.deep.equal({
      apiVersion: V1,
      kind: "ExecCredential",
      spec: { interactive: false },
    });
    expect(readFileSync(join(folder, "colour"), "utf8")).to.equal("blue");
  });
});
