/** The bundle with Node's compile cache, as the image has it (Dockerfile, stage `compile`). */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { copyBuilt } from "../../support/process/built-copy.ts";
import { runPodkey } from "../../support/process/run-podkey.ts";

describe("compile cache of the image", function () {
  this.timeout(60_000);
  let bundle = "";
  let cache = "";

  before(async () => {
    bundle = await copyBuilt();
    cache = mkdtempSync(join(tmpdir(), "podkey-compiled-"));
  });
  after(() => {
    for (const path of [bundle, cache]) rmSync(path, { recursive: true });
  });

  const version = async (flag: string): Promise<string> => {
    const { code, stdout, stderr } = await runPodkey(["version"], {
      program: join(bundle, "podkey.js"),
      env: { NODE_COMPILE_CACHE: cache, NODE_OPTIONS: flag, NODE_DEBUG_NATIVE: "COMPILE_CACHE" },
    });
    expect(code).to.equal(0);
    return stdout + stderr;
  };

  it("is filled by one `podkey version`, and Node accepts it at the next start", async () => {
    await version("--max-semi-space-size=4");
    expect(await version("--max-semi-space-size=4")).to.match(/podkey\.js was accepted/);
  });

  it("is ignored where a flag of V8 differs, and podkey starts without it", async () => {
    expect(await version("--jitless")).not.to.match(/podkey\.js was accepted/);
  });
});
