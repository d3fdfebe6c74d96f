// healthcheck, completion and config.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { ROOT } from "../support/docs/checkout.ts";
import { runPodkey } from "../support/process/run-podkey.ts";

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

  it("prints bash's script for zsh behind what lets zsh run it", async () => {
    const [bash, zsh] = await Promise.all(
      ["bash", "zsh"].map(async (shell) => (await runPodkey(["completion", shell])).stdout),
    );
    expect(zsh).to.equal(`autoload -U +X bashcompinit && bashcompinit\n${bash ?? ""}`);
  });

  for (const shell of ["zsh", "fish"]) {
    it(`prints a script that ${shell} itself can read`, async function () {
      const { stdout } = await runPodkey(["completion", shell]);
      const file = join(tmpdir(), `podkey-completion-${process.pid}.${shell}`);
      writeFileSync(file, stdout);
      const read = spawnSync(shell, ["-n", file], { encoding: "utf8" });
      rmSync(file);
      if (read.error !== undefined) this.skip();
      expect(read.stderr).to.equal("");
      expect(read.status).to.equal(0);
    });
  }

  it("tells fish of commands, flags and values, one line each", async () => {
    const { stdout } = await runPodkey(["completion", "fish"]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines).to.include.members([
      "complete -c podkey -n '__fish_use_subcommand' -f -a serve",
      "complete -c podkey -n '__fish_seen_subcommand_from config' -f -a explain",
      "complete -c podkey -n '__fish_seen_subcommand_from serve' -l first-sync-timeout",
      "complete -c podkey -l source -x -a 'kubernetes manifests volume'",
    ]);
    expect(lines.slice(1).filter((line) => !line.startsWith("complete -c podkey "))).to.deep.equal([]);
  });

  it("names the shells that it knows for one that it does not", async () => {
    const { code, stderr } = await runPodkey(["completion", "tcsh"]);
    expect(code).to.equal(2);
    expect(stderr).to.equal("podkey: no completion exists for tcsh; use bash, zsh, fish\n");
  });
});

describe("podkey config", function () {
  this.timeout(20_000);

  it("prints the current configuration with the origin of each field", async () => {
    const { stdout, code } = await runPodkey(["config", "print", "--drain", "3s"], {
      env: { PODKEY_AUDIT: "all" },
    });
    expect(code).to.equal(0);
    expect(stdout).to.contain("drain: 3s # flag\n").and.to.contain("audit: all # environment\n");
  });

  it("prints the defaults, the schema, and the explanation of a field", async () => {
    const defaults = await runPodkey(["config", "print", "--defaults"], { env: { PODKEY_AUDIT: "all" } });
    expect(defaults.stdout).to.contain("audit: off # default\n");
    const schema = JSON.parse((await runPodkey(["config", "schema"])).stdout) as object;
    expect(schema).to.deep.equal(
      JSON.parse(readFileSync(join(ROOT, "docs", "configuration.schema.json"), "utf8")),
    );
    const explained = await runPodkey(["config", "explain", "consumers.allow.names"]);
    expect(explained.stdout).to.contain("Exact names, or patterns with *.");
  });

  it("exits with 2 and prints the problems if the configuration is not valid", async () => {
    const { stderr, code } = await runPodkey(["config", "print", "--max-stale", "1s"]);
    expect(code).to.equal(2);
    expect(stderr).to.equal("podkey: --max-stale: 1s is too small; use 0 (off) or at least 2m\n");
  });
});
