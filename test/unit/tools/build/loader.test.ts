/** The loader of the bundle: every file once, compiled code where V8 takes it, and none the less where V8 does not. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";

const LOADER = join(import.meta.dirname, "../../../../tools/build/loader.cjs");

const script = (body: string): string => `(function(exports,require,module,__url,__dirname){${body}\n})`;

describe("loader.cjs", () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "podkey-loader-"));
    copyFileSync(LOADER, join(folder, "podkey.js"));
    writeFileSync(join(folder, "package.json"), '{"type":"commonjs"}');
    writeFileSync(
      join(folder, "main.js"),
      script('ran.push(__url.slice(0, 7), require("./b.js").sep, require("./b.js").sep);'),
    );
    writeFileSync(
      join(folder, "b.js"),
      script(
        'ran.push("b"); exports.sep = require("node:path").sep; (() => ran.push("called"))(); globalThis.later = () => 1;',
      ),
    );
  });

  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** In a process of its own: V8 keeps what this one has compiled. */
  const load = (task = ""): string => {
    const program = `globalThis.ran = []; const podkey = require("./podkey.js"); ${task}
      console.log(ran.join(), "refused", podkey.refusedCaches().join());`;
    return execFileSync(process.execPath, ["-e", program], { cwd: folder, encoding: "utf8" }).trim();
  };
  const save = "podkey.saveCodeCache();";

  it("runs each file once, with Node's own modules from Node", () => {
    expect(load()).to.equal("b,called,file://,/,/ refused");
  });

  it("runs from a cache that was saved", () => {
    load(save);
    expect(readdirSync(join(folder, "code-cache"))).to.deep.equal(["b.js.cache", "main.js.cache"]);
    expect(load()).to.equal("b,called,file://,/,/ refused");
  });

  it("leaves a cache as the first has saved it", () => {
    load(save);
    const cache = join(folder, "code-cache", "b.js.cache");
    const saved = readFileSync(cache);
    load(`later(); ${save}`);
    expect(readFileSync(cache).equals(saved)).to.equal(true);
  });

  it("compiles what V8 refuses the cache of", () => {
    load(save);
    writeFileSync(join(folder, "code-cache", "b.js.cache"), Buffer.alloc(1024, 7));
    expect(load()).to.equal("b,called,file://,/,/ refused ./b.js");
  });
});
