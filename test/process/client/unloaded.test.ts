import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { copyBuilt } from "../../support/process/built-copy.ts";
import { RunningPodkey } from "../../support/process/run-podkey.ts";

/** Sentences that occur only in src/client. */
const OF_THE_CLIENT = ["podkey sent nothing for", "podkey ended the stream"];

interface Coverage {
  readonly result: readonly { readonly url: string }[];
}

describe("podkey/client in the bundle", function () {
  this.timeout(20_000);
  let dist: string;
  let folder: string;

  before(async () => {
    dist = await copyBuilt();
    folder = mkdtempSync(join(tmpdir(), "podkey-loaded-"));
  });
  after(() => {
    for (const path of [dist, folder]) rmSync(path, { recursive: true });
  });

  const start = (name: string, args: readonly string[]): RunningPodkey =>
    new RunningPodkey(args, {
      program: join(dist, "podkey.js"),
      env: { NODE_V8_COVERAGE: join(folder, name), PODKEY_ENDPOINT: `unix:${join(folder, "podkey.sock")}` },
    });

  /** The code of every file of dist/ that a process loaded, as V8 reports it. */
  function loaded(name: string): string {
    const reports = readdirSync(join(folder, name)).map((file) => join(folder, name, file));
    const urls = reports.flatMap((path) =>
      (JSON.parse(readFileSync(path, "utf8")) as Coverage).result.map(({ url }) => url),
    );
    const files = urls.filter((url) => url.startsWith(`file://${dist}/`)).map((url) => fileURLToPath(url));
    expect(files).to.include(join(dist, "podkey.js"));
    return files.map((path) => readFileSync(path, "utf8")).join("\n");
  }

  it("is loaded by the client commands, but not by serve", async () => {
    const source = ["--source", "manifests", "--manifests", "examples/credentials", "--admin", "none"];
    const served = start("serve", ["serve", ...source, "--listen", `unix:${join(folder, "podkey.sock")}`]);
    await served.logged("app_ready");
    const { code } = await start("list", ["list"]).ended();
    expect(code).to.equal(0);
    served.kill("SIGTERM");
    expect((await served.ended()).code).to.equal(0);
    for (const sentence of OF_THE_CLIENT) {
      expect(loaded("list"), "podkey list").to.contain(sentence);
      expect(loaded("serve").includes(sentence), "podkey serve").to.equal(false);
    }
  });
});
