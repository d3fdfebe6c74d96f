/** The bundle as the image holds it: deploy/image/warm.mjs makes a code cache, and V8 takes it with the image's flags. */
import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { copyBuilt } from "../../support/process/built-copy.ts";
import { RunningPodkey } from "../../support/process/run-podkey.ts";
import { runCommand } from "../../support/run-command.ts";

const WARM = join(import.meta.dirname, "../../../deploy/image/warm.mjs");

/** Runs podkey, and says at its end which files V8 compiled although they have a cache, and how many of Node's own. */
const WITNESS = `
  const { internalBinding } = require("internal/test/binding");
  process.argv.splice(1, 1);
  const { refusedCaches } = require(process.argv[1]);
  process.on("exit", () => {
    const { compiledWithoutCache } = internalBinding("builtins").getCacheUsage();
    console.log("refused", JSON.stringify(refusedCaches()), "without", compiledWithoutCache.size);
  });`;

describe("the code cache of the image", function () {
  this.timeout(60_000);
  let bundle = "";
  let folder = "";

  before(async () => {
    bundle = await copyBuilt();
    folder = mkdtempSync(join(tmpdir(), "podkey-cached-"));
    await runCommand(process.execPath, [WARM, bundle, folder]);
    cpSync(join(bundle, "node_modules"), join(folder, "node_modules"), { recursive: true });
    writeFileSync(join(folder, "witness.cjs"), WITNESS);
  });
  after(() => {
    for (const path of [bundle, folder]) rmSync(path, { recursive: true });
  });

  const serve = async (...flags: readonly string[]): Promise<string> => {
    const source = ["--source", "manifests", "--manifests", "examples/credentials", "--admin", "none"];
    const args = [join(folder, "podkey.js"), "serve", ...source, "--listen", `unix:${join(folder, "s")}`];
    const podkey = new RunningPodkey(args, {
      program: join(folder, "witness.cjs"),
      nodeArgs: ["--expose-internals", ...flags],
    });
    await podkey.logged("app_ready");
    podkey.kill("SIGTERM");
    const { code, stdout } = await podkey.ended();
    expect(code).to.equal(0);
    return stdout.split("\n").find((line) => line.startsWith("refused")) ?? "";
  };

  it("holds what a start in a pod loads, and what the probes do", () => {
    const names = readdirSync(join(folder, "code-cache")).map((name) =>
      name.replace(/-\w{8}\.js\.cache$/, ""),
    );
    expect(names).to.include.members(["main", "base", "grpc", "serve", "healthcheck"]);
  });

  it("is taken by V8 with the image's flags, and so is the one in Node's own binary", async () => {
    expect(await serve("--max-semi-space-size=4")).to.equal("refused [] without 0");
  });

  it("is refused where another flag changes what V8 compiles, and podkey starts all the same", async () => {
    expect(await serve("--no-opt")).to.contain("serve-");
  });
});
