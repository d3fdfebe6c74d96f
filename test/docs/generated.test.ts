import { expect } from "chai";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadConfig } from "../../src/config/load/load.ts";
import {
  DEFAULT_PAGE_SIZE,
  NAMES_LIMIT,
  PAGE_SIZE_LIMIT,
  withCommas,
} from "../../src/core/errors/request-limits.ts";
import { ROOT } from "../support/docs/checkout.ts";
import { markdownBlocks } from "../support/docs/markdown-blocks.ts";

const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

describe("npm run docs", function () {
  this.timeout(30_000);

  it("would write nothing: the reference pages and the import graph match the code", () => {
    const { status, stderr } = spawnSync(process.execPath, ["tools/docs.ts", "--check"], {
      cwd: ROOT,
      encoding: "utf8",
    });
    expect(stderr).to.equal("");
    expect(status).to.equal(0);
  });
});

describe("docs/dependencies.md", () => {
  it("has a reason for every run-time dependency, and nothing else", () => {
    const named = [...read("docs/dependencies.md").matchAll(/^\| `([^`]+)` +\| \S/gm)].map(
      ([, name]) => name,
    );
    const { dependencies, optionalDependencies } = JSON.parse(read("package.json")) as Record<string, object>;
    expect(named.sort()).to.deep.equal(Object.keys({ ...dependencies, ...optionalDependencies }).sort());
  });
});

describe("docs/configuration.md", () => {
  it("contains a file that podkey accepts", async () => {
    const [example] = markdownBlocks(read("docs/configuration.md")).filter(
      ({ language }) => language === "yaml",
    );
    const where = "--config";
    const { config } = await loadConfig({
      flags: { origin: "flag", settings: new Map([["config", { texts: ["podkey.yaml"], where }]]) },
      flagProblems: [],
      env: {},
      readText: () => Promise.resolve(example?.code ?? ""),
      onTerminal: false,
    });
    expect(config.consumers.map(({ name }) => name)).to.deep.equal(["web"]);
  });
});

describe("docs", () => {
  const pages = readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name));

  for (const page of pages) {
    it(`has no dead link in ${page}`, () => {
      for (const [, path = ""] of read(page).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)) {
        expect(() => readFileSync(join(ROOT, page, "..", path)), path).not.to.throw(/ENOENT/);
      }
    });

    it(`has no command in ${page} without a note on how it is run`, () => {
      const commands = markdownBlocks(read(page)).filter(({ language }) =>
        ["sh", "bash", "console"].includes(language),
      );
      expect(commands.filter(({ run }) => run === undefined).map(({ line }) => line)).to.deep.equal([]);
    });
  }
});

describe("credential_service.proto", () => {
  it("names the limits of a request that the code holds", () => {
    const comments = read("proto/podkey/v1/credential_service.proto").replaceAll(/\n\s*\/\/ /g, " ");
    const limit = withCommas(PAGE_SIZE_LIMIT);
    expect(comments).to.contain(`0: ${String(DEFAULT_PAGE_SIZE)}. Over ${limit}: ${limit}.`);
    expect(comments).to.contain(`at most ${withCommas(NAMES_LIMIT)}`);
  });
});
