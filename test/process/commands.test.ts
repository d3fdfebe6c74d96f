// The small commands as a person and a kubelet run them.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { RunningPodkey, runPodkey } from "../support/process/run-podkey.ts";

describe("podkey healthcheck", function () {
  this.timeout(20_000);

  it("ends with 0 while podkey serves and with 1 when nobody does", async () => {
    const folder = mkdtempSync(join(tmpdir(), "podkey-health-"));
    try {
      writeFileSync(join(folder, "db.yaml"), "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\n");
      const endpoint = `unix:${join(folder, "p.sock")}`;
      const served = [
        "--source",
        "manifests",
        "--manifests",
        folder,
        "--admin",
        "none",
        "--listen",
        endpoint,
      ];
      const podkey = new RunningPodkey(["serve", ...served]);
      await podkey.logged("app_ready");
      const healthy = await runPodkey(["healthcheck"], { env: { PODKEY_ENDPOINT: endpoint } });
      expect(healthy).to.include({ code: 0, stdout: "", stderr: "" });
      podkey.kill("SIGTERM");
      await podkey.ended();
      const gone = await runPodkey(["healthcheck", "--endpoint", endpoint]);
      expect(gone.code).to.equal(1);
      expect(gone.stderr).to.match(/^podkey: podkey at unix:.* does not answer \(ENOENT\)\n$/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("podkey completion", function () {
  this.timeout(20_000);

  it("prints a script that bash accepts and that completes commands, flags and values", async () => {
    const { stdout } = await runPodkey(["completion", "bash"]);
    const complete = (line: string): string => {
      const words = line.split(" ");
      const script = `${stdout}\nCOMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${String(words.length - 1)}; _podkey; echo "\${COMPREPLY[*]}"`;
      return spawnSync("bash", ["-c", script], { encoding: "utf8" }).stdout.trim();
    };
    expect(complete("podkey ser")).to.equal("serve");
    expect(complete("podkey config e")).to.equal("explain");
    expect(complete("podkey serve --first")).to.equal("--first-sync-timeout");
    expect(complete("podkey serve --source k")).to.equal("kubernetes");
  });

  it("names the shells that it knows for one that it does not", async () => {
    const { code, stderr } = await runPodkey(["completion", "tcsh"]);
    expect(code).to.equal(2);
    expect(stderr).to.equal("podkey: there is no completion for tcsh; use bash, zsh, fish\n");
  });
});

describe("podkey config", function () {
  this.timeout(20_000);

  it("prints what is in force with where each field came from", async () => {
    const { stdout, code } = await runPodkey(["config", "print", "--drain", "3s"], {
      env: { PODKEY_AUDIT: "all" },
    });
    expect(code).to.equal(0);
    expect(stdout).to.contain("drain: 3s # flag\n").and.to.contain("audit: all # environment\n");
  });

  it("ends with 2 and the report when the configuration is wrong", async () => {
    const { stderr, code } = await runPodkey(["config", "print", "--max-stale", "1s"]);
    expect(code).to.equal(2);
    expect(stderr).to.equal("podkey: --max-stale: 1s is too small; use 0 (off) or at least 2m\n");
  });
});
