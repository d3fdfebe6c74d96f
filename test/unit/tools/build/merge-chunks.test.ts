/** Merged files run as the chunks did: each module once, in order, and what is lazy stays lazy. */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect } from "chai";
import { build } from "esbuild";
import type { BuildOptions } from "esbuild";
import { mergeChunks } from "../../../../tools/build/merge-chunks.ts";

const BANNER =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

const LOADER = join(import.meta.dirname, "../../../../tools/build/loader.cjs");

/** `a` and `b` are commands; both use `shared`, and `late` uses what `a` does. */
const SOURCES = {
  "main.js":
    'globalThis.load = { a: () => import("./a.js"), b: () => import("./b.js") }; globalThis.ran.push(import.meta.url);',
  "shared.js": 'globalThis.ran.push("shared"); export let count = 0; export const add = () => ++count;',
  "own.js":
    'import "./shared.js"; import { sep } from "node:path"; globalThis.ran.push("own"); export const name = sep;',
  "a.js":
    'import { add } from "./shared.js"; import { name } from "./own.js"; add(); export const a = name; export const late = () => import("./late.js");',
  "b.js": 'import { add, count } from "./shared.js"; add(); export const b = () => count;',
  "late.js":
    'import { count } from "./shared.js"; import { name } from "./own.js"; export const seen = [count, name];',
};

describe("mergeChunks", () => {
  let folder: string;
  let options: BuildOptions & { readonly write: false; readonly metafile: true };
  const groups = [
    { name: "common", sources: ["a.js"], sharedWith: ["b.js"] },
    { name: "first", sources: ["a.js"] },
  ];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "podkey-merge-"));
    for (const [name, text] of Object.entries(SOURCES)) await writeFile(join(folder, name), text);
    await writeFile(join(folder, "package.json"), '{"type":"module"}');
    options = {
      absWorkingDir: folder,
      entryPoints: ["main.js"],
      outdir: join(folder, "out"),
      bundle: true,
      splitting: true,
      write: false,
      metafile: true,
      format: "esm",
      platform: "node",
      banner: { js: BANNER },
    };
  });

  afterEach(() => rm(folder, { recursive: true }));

  it("runs every module once, in its order, whatever file it is in", async () => {
    const files = await mergeChunks(await build(options), groups, { options, banner: BANNER });
    const out = join(folder, "out");
    await mkdir(out);
    await writeFile(join(out, "package.json"), '{"type":"commonjs"}');
    await copyFile(LOADER, join(out, "podkey.js"));
    for (const { name, contents } of files) await writeFile(join(out, name), contents);
    const ran: string[] = [];
    Object.assign(globalThis, { ran });
    createRequire(join(out, "podkey.js"))("./podkey.js");
    const { load } = globalThis as unknown as Main;
    const a = await load.a();
    const b = await load.b();
    expect(ran).to.deep.equal([pathToFileURL(join(out, "main.js")).href, "shared", "own"]);
    expect(b.b()).to.equal(2);
    expect((await a.late()).seen).to.deep.equal([2, "/"]);
  });

  it("makes one file of each group, named by what is in it, and leaves the others alone", async () => {
    const files = await mergeChunks(await build(options), groups, { options, banner: BANNER });
    const names = files.map(({ name }) => name.replace(/-[0-9A-Z]{8}\.js$/, "")).sort();
    expect(names).to.deep.equal(["b", "common", "first", "late", "main.js"]);
  });

  it("refuses a source that is not loaded lazily", async () => {
    const wrong = [{ name: "x", sources: ["own.js"] }];
    let message = "";
    try {
      await mergeChunks(await build(options), wrong, { options, banner: BANNER });
    } catch (error) {
      message = String(error);
    }
    expect(message).to.contain("own.js is no chunk");
  });
});

/** What main.js leaves. */
interface Main {
  readonly load: {
    a(): Promise<{ late(): Promise<{ readonly seen: readonly unknown[] }> }>;
    b(): Promise<{ b(): number }>;
  };
}
