import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeCheckout, ROOT } from "../support/docs/checkout.ts";
import type { MarkdownBlock } from "../support/docs/markdown-blocks.ts";
import { markdownBlocks } from "../support/docs/markdown-blocks.ts";
import { ReaderTerminal } from "../support/docs/reader-terminal.ts";
import { findKubeAssets } from "../support/kube/assets.ts";
import { describeKube, sharedKubeApiServer } from "../support/kube/shared-kube-api-server.ts";

const BLOCKS = markdownBlocks(readFileSync(join(ROOT, "README.md"), "utf8"));
const runnable = BLOCKS.filter(({ language }) => ["sh", "bash", "js", "ts", "console"].includes(language));
const at = (where: string): readonly MarkdownBlock[] => runnable.filter(({ run }) => run?.where === where);

/** Runs a block as a reader would, in a test that is named after its first line. */
function itRuns(
  block: MarkdownBlock,
  terminal: () => ReaderTerminal,
  started: (program: Started) => void,
): void {
  const { code, language, line, run } = block;
  it(`runs line ${String(line)}: ${code.split("\n")[0] ?? ""}`, async function () {
    if (run?.needs !== undefined && spawnSync("sh", ["-c", `command -v ${run.needs}`]).status !== 0)
      this.skip();
    const command =
      language === "js" ? `node --input-type=module -e '${code.replaceAll("'", "'\\''")}'` : code;
    if (run?.backgroundUntil !== undefined) {
      started(await terminal().start(command, run.backgroundUntil));
      return;
    }
    const { code: exitCode, output } = await terminal().run(command);
    expect(exitCode, output).to.equal(0);
    if (block.output !== undefined) expect(timeless(output)).to.equal(timeless(block.output));
  });
}

type Started = Awaited<ReturnType<ReaderTerminal["start"]>>;

describe("README.md", () => {
  it("states for every command how it is run", () => {
    expect(runnable.filter(({ run }) => run === undefined).map(({ line }) => line)).to.deep.equal([]);
    expect(at("local").length).to.be.greaterThan(2);
    expect(at("cluster").length).to.be.greaterThan(2);
  });

  it("leaves exactly those commands to .ci/run that .ci/run runs", () => {
    const ci = readFileSync(join(ROOT, ".ci/run"), "utf8");
    expect(at("ci").map(({ code }) => code)).to.deep.equal(["npm ci && npm start"]);
    for (const command of ["npm ci", "npm start", "npm test", "npm run -s kube:build"])
      expect(ci).to.contain(command);
  });

  it("links to files that exist", () => {
    const page = readFileSync(join(ROOT, "README.md"), "utf8");
    for (const [, path = ""] of page.matchAll(/\]\(([^)#:]+)\)/g)) {
      expect(() => readFileSync(join(ROOT, path)), path).not.to.throw(/ENOENT/);
    }
  });
});

describe("README.md, without a cluster", function () {
  this.timeout(30_000);
  const checkout = makeCheckout();
  let terminal: ReaderTerminal;
  let watch: Started | undefined;

  before(async () => {
    terminal = new ReaderTerminal({ cwd: checkout.path, env: readerEnv() });
    await terminal.start("npm start", "podkey is ready");
  });

  after(async () => {
    await terminal.close();
    checkout.remove();
  });

  for (const block of at("local")) {
    itRuns(
      block,
      () => terminal,
      (program) => {
        if (block.language === "sh") watch = program;
      },
    );
  }

  it("prints an edit of a file on the open watch", async () => {
    const path = join(checkout.path, "examples/credentials/database.yaml");
    writeFileSync(path, readFileSync(path, "utf8").replace("Main database", "Other database"));
    await watch?.printed((output) => output.split("db-main").length > 2);
  });
});

describeKube("README.md, with a cluster", () => {
  const checkout = makeCheckout();
  let terminal: ReaderTerminal;

  before(async () => {
    const server = await sharedKubeApiServer();
    const kubeconfig = server.writeKubeconfig("readme", { kind: "certificate", pair: server.pki.admin });
    // kubectl comes with the server's binaries, so both have the same version.
    const path = `${findKubeAssets() ?? ""}:${process.env["PATH"] ?? ""}`;
    terminal = new ReaderTerminal({
      cwd: checkout.path,
      env: { ...readerEnv(), KUBECONFIG: kubeconfig, PATH: path },
    });
  });

  after(async () => {
    await terminal.close();
    checkout.remove();
  });

  for (const block of at("cluster")) {
    itRuns(
      block,
      () => terminal,
      () => undefined,
    );
  }
});

/** An output without the parts that differ between runs: ages and column widths. */
function timeless(output: string): string {
  return output
    .trim()
    .replace(/\d+(ms|s|m|h|d|y)\b/g, "T")
    .replace(/ +/g, " ");
}

/** No admin address, because another podkey may run on this machine. Everything else is as in a new terminal. */
function readerEnv(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("PODKEY_"));
  return { ...Object.fromEntries(own), PODKEY_ADMIN: "none" };
}
