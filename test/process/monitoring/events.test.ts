// Log lines and metrics that need a complete podkey.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { ROOT } from "../../support/docs/checkout.ts";
import { Stage } from "../../support/drill/stage.ts";
import { FakeApiServer } from "../../support/fake-api-server/fake-api-server.ts";
import { writeKubeconfig } from "../../support/kube/kubeconfig.ts";
import type { RunOptions } from "../../support/process/run-podkey.ts";
import { RunningPodkey } from "../../support/process/run-podkey.ts";
import { openClient } from "../../support/rpc/client.ts";

const PRELOADS = join(import.meta.dirname, "../../support/process/preload");
const preload = (name: string): readonly string[] => ["--import", pathToFileURL(join(PRELOADS, name)).href];
const secret = (name: string, data: string): string =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}}\n${data}\n`;

describe("events of a running podkey", function () {
  this.timeout(20_000);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "podkey-events-"));
    writeFileSync(join(folder, "db.yaml"), secret("db", "stringData: {password: four}"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function serve(args: readonly string[], options: RunOptions = {}): RunningPodkey {
    const source = ["--source", "manifests", "--manifests", folder];
    return new RunningPodkey(
      ["serve", ...source, "--listen", `unix:${folder}/p.sock`, "--admin", "127.0.0.1:0", ...args],
      options,
    );
  }

  it("logs warnings about its environment, and continues", async () => {
    writeFileSync(join(folder, "bad.yaml"), secret("bad", 'data: {password: "!"}'));
    const podkey = serve(["--max-connections", "1"], {
      env: { PODKEY_NONSENSE: "1" },
      nodeArgs: preload("no-file-watching.ts"),
    });
    for (const event of [
      "app_config_warning",
      "manifests_secret_faulty",
      "app_how_to_read",
      "folder_watch_failed",
    ])
      await podkey.logged(event);
    expect(podkey.output).to.match(/"event":"folder_watch_failed".*"cause":"ENOSPC"/);
    const [first, second] = [openClient(`unix:${folder}/p.sock`), openClient(`unix:${folder}/p.sock`)];
    expect((await first.get({ name: "db" })).credential?.name).to.equal("db");
    await second.get({ name: "db" }, { timeoutMs: 5000 }).catch(() => undefined);
    await podkey.logged("rpc_connection_refused");
    first.close();
    second.close();
    podkey.kill("SIGTERM");
    expect((await podkey.ended()).code).to.equal(0);
  });

  it("logs each change of a credential with its revision and keys, and without values", async () => {
    const podkey = serve([]);
    await podkey.logged("app_ready");
    expect(podkey.output).to.not.contain("credential_changed");
    writeFileSync(join(folder, "db.yaml"), secret("db", "stringData: {password: hunter2, user: a}"));
    await podkey.logged("credential_changed");
    expect(podkey.output).to.match(
      /"event":"credential_changed","namespace":"default","name":"db","change":"changed","revision":"default=2","keysAdded":"user","keysChanged":"password"/,
    );
    expect(podkey.output).to.not.contain("hunter2");
    podkey.kill("SIGTERM");
    await podkey.ended();
  });

  it("exits with 70 and logs app_fatal for a bug, without the message of the error", async () => {
    const { code, stdout, stderr } = await serve([], { nodeArgs: preload("no-listening.ts") }).ended();
    expect(code, stderr).to.equal(70);
    expect(stdout).to.match(/"level":"error".*"event":"app_fatal","error":"RangeError"/);
    expect(stdout + stderr).to.not.contain("hunter2");
  });

  it("keeps the credentials of a kubeconfig that becomes invalid, and logs it", async () => {
    const server = new FakeApiServer();
    await server.start();
    try {
      const identity = { kind: "token", token: "t" } as const;
      const kubeconfig = writeKubeconfig(join(folder, "kubeconfig"), {
        url: server.url,
        caPem: server.caPem,
        identity,
      });
      const podkey = new RunningPodkey([
        "serve",
        "--kubeconfig",
        kubeconfig,
        "--listen",
        `unix:${folder}/p.sock`,
        "--admin",
        "none",
      ]);
      await podkey.logged("app_ready");
      const watch = await server.watch();
      writeFileSync(kubeconfig, "users: [");
      server.access.setTokens({});
      watch.end();
      await podkey.logged("kube_credentials_kept");
      podkey.kill("SIGTERM");
      expect((await podkey.ended()).code).to.equal(0);
    } finally {
      await server.stop();
    }
  });

  it("compares names and versions with the API server at the interval of --anti-entropy", async () => {
    const stage = await Stage.open(join(ROOT, "src", "main.ts"));
    try {
      const asked = new Promise<void>((resolve) => {
        stage.server.scripts.next({ metadataOnly: true }, () => {
          resolve();
          return { kind: "pass" };
        });
      });
      await stage.serve(["--anti-entropy", "1m"]);
      await asked;
    } finally {
      await stage.close();
    }
  });

  it("has metrics of the build, the configuration and the snapshot", async () => {
    const podkey = serve([]);
    await podkey.logged("app_ready");
    const [, port = ""] =
      /"event":"app_admin_listening","address":"127\.0\.0\.1:(\d+)"/.exec(podkey.output) ?? [];
    const page = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const expected = [
      /^podkey_build_info\{version="\d+\.\d+\.\d+",revision="\w+",node_version="v\d+\..*"\} 1$/m,
      /^podkey_config_hash_info\{hash="\w+"\} 1$/m,
      /^podkey_config_last_reload_successful 1$/m,
      /^podkey_config_last_reload_success_timestamp_seconds \d{10}(\.\d+)?$/m,
      /^podkey_listener_info\{consumer="default",address="unix:.*p\.sock",mode="0660"\} 1$/m,
      /^podkey_snapshot_revision\{consumer="default"\} 1$/m,
      /^podkey_snapshot_credentials 1$/m,
      /^podkey_credential_max_size_bytes 4$/m,
      /^podkey_credential_size_bytes_count \d+$/m,
      /^podkey_source_state\{state="live",reason=""\} 1$/m,
      /^podkey_source_faulty_files 0$/m,
      /^podkey_log_lines_dropped_total 0$/m,
      /^podkey_audit_dropped_total 0$/m,
    ];
    for (const line of expected) expect(page).to.match(line);
    podkey.kill("SIGTERM");
    await podkey.ended();
  });
});
