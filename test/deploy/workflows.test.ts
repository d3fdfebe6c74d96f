/**
 * The workflows of .github, which cannot run here: actionlint checks them (syntax, expressions, needs, inputs), and the scripts
 * that they call must exist.
 */
import { expect } from "chai";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { goTool } from "../support/go-tool.ts";
import { runCommand } from "../support/run-command.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const WORKFLOWS = globSync(".github/workflows/*.yml", { cwd: ROOT }).toSorted();

describe(".github/workflows", () => {
  it("passes actionlint", async function () {
    this.timeout(200_000);
    const actionlint = await goTool("actionlint");
    expect(await runCommand(actionlint, [...WORKFLOWS.map((path) => join(ROOT, path))])).to.equal("");
  });

  for (const path of WORKFLOWS) {
    const text = readFileSync(join(ROOT, path), "utf8");

    it(`${path} runs only scripts that package.json has`, () => {
      const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
        readonly scripts: object;
      };
      const called = [...text.matchAll(/npm run (?:-s |--silent )?([\w:]+)/g)].map(([, name]) => name ?? "");
      expect(Object.keys(scripts)).to.include.members(called);
    });

    it(`${path} gives every job minimal permissions, and uses actions of known owners at a version`, () => {
      expect(text).to.match(/^permissions:/m);
      for (const [, action = ""] of text.matchAll(/uses: (\S+)/g))
        expect(action).to.match(/^\.\/|^(actions|docker|sigstore|helm|github)\/[\w./-]+@v\d/);
    });
  }
});

describe("the npm package", () => {
  it("contains bundle, client and proto files, but no sources or tests", async function () {
    this.timeout(60_000);
    const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
    const [packed] = JSON.parse(await runCommand("npm", ["--prefix", ROOT, ...args, ROOT])) as readonly [
      { readonly files: readonly { readonly path: string }[] },
    ];
    const paths = packed.files.map(({ path }) => path);
    expect(paths).to.include.members([
      "dist/podkey.js",
      "proto/podkey/v1/credential_service.proto",
      "LICENSE",
    ]);
    expect(
      paths.filter((path) => !/^(dist|proto\/podkey)\/|^[A-Z]+(\.md)?$|^package\.json$/.test(path)),
    ).to.deep.equal([]);
  });
});
