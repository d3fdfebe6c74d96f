// The help of every command, the version, and the sentence for a Node that is too old.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { transform } from "esbuild";
import { copyBuilt } from "../../support/process/built-copy.ts";
import { runPodkey } from "../../support/process/run-podkey.ts";

const COMMANDS = ["serve", "get", "list", "watch", "check", "healthcheck", "config", "completion", "version"];
const CONFIG_COMMANDS = ["config print", "config schema", "config explain"];

describe("help", function () {
  this.timeout(20_000);

  it("lists all commands with `help`, `help help` and `--help`, and exits with 0", async () => {
    const [help, ...others] = await Promise.all(
      [["help"], ["help", "help"], ["--help"]].map((args) => runPodkey(args)),
    );
    expect(help).to.include({ code: 0, stderr: "" });
    for (const command of COMMANDS) expect(help?.stdout).to.match(new RegExp(`^  ${command} `, "m"));
    for (const other of others) expect(other).to.deep.equal(help);
  });

  for (const command of [...COMMANDS, ...CONFIG_COMMANDS])
    it(`has examples for ${command}, whose flags exist`, async () => {
      const words = command.split(" ");
      const { code, stdout, stderr } = await runPodkey(["help", ...words]);
      expect([code, stderr]).to.deep.equal([0, ""]);
      expect(stdout).to.equal((await runPodkey([...words, "--help"])).stdout);
      const [usage = "", examples = ""] = stdout.split("\nExamples:\n");
      const lines = examples.split("\n").filter((line) => line.startsWith("  podkey "));
      expect(lines).not.to.be.empty;
      for (const line of lines) {
        expect(
          line.startsWith(`  podkey ${command} `) || line === `  podkey ${command}` || command === "config",
        ).to.equal(true, line);
        const [ours = ""] = line.split(/ [>|'] ?/);
        for (const flag of command.startsWith("config") ? [] : (ours.match(/(?<= )--?[a-z][a-z-]*/g) ?? []))
          expect(usage).to.match(new RegExp(`(^|[ ,])${flag}\\b`, "m"), line);
      }
    });

  it("exits with 2 for the help of an unknown command, and names the nearest one", async () => {
    const { code, stderr } = await runPodkey(["help", "lits"]);
    expect(stderr).to.equal("podkey: unknown command 'lits' (Did you mean list?); see podkey --help\n");
    expect(code).to.equal(2);
  });

  it("prints the version with --version", async () => {
    const { code, stdout } = await runPodkey(["--version"]);
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/^podkey \d+\.\d+\.\d+ \(commit \w+, Node v\d+/)
      .and.to.equal((await runPodkey(["version"])).stdout);
  });
});

describe("a Node that is too old", function () {
  this.timeout(20_000);
  let dist: string;
  before(async () => (dist = await copyBuilt()));
  after(() => rmSync(dist, { recursive: true }));

  for (const version of ["12.22.9", "20.20.2", "22.18.0"])
    it(`ends Node ${version} with one sentence and 2`, async () => {
      const pretend = `data:text/javascript,Object.defineProperties(process, { version: { value: "v${version}" }, versions: { value: { node: "${version}" } } })`;
      const nodeArgs = ["--import", pretend];
      const { code, stdout, stderr } = await runPodkey(["version"], {
        program: join(dist, "podkey.js"),
        nodeArgs,
      });
      expect([code, stdout]).to.deep.equal([2, ""]);
      expect(stderr).to.equal(`podkey: Node v${version} is too old; run podkey with Node 22.19 or newer\n`);
    });

  it("can parse the file that it runs first", async () => {
    const source = readFileSync(join(dist, "podkey.js"), "utf8");
    expect((await transform(source, { target: "es5" })).code).to.contain("is too old");
  });
});
