/** What the bundle does to Node's own modules: every form of import that esbuild prints, and nothing else. */
import { expect } from "chai";
import { lazyBuiltins } from "../../../../tools/build/lazy-builtins.ts";

const BANNER =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);\n';

describe("lazyBuiltins", () => {
  it("requires what was imported, by the same names, right after the banner", () => {
    const code = `${BANNER}import{a}from"./chunk.js";import{readFile as read,stat}from"node:fs/promises";a(read,stat);\n`;
    expect(lazyBuiltins(code)).to.equal(
      `${BANNER}const {readFile:read,stat}=require("node:fs/promises");import{a}from"./chunk.js";a(read,stat);\n`,
    );
  });

  it("knows the default and the whole", () => {
    expect(
      lazyBuiltins(`${BANNER}import path from"node:path";import*as sp from"node:path";use(path,sp);\n`),
    ).to.equal(`${BANNER}const path=require("node:path");const sp=require("node:path");use(path,sp);\n`);
  });

  it("finds an import after a function, and keeps a first line for the shell", () => {
    const shell = "#!/usr/bin/env node\n";
    expect(lazyBuiltins(`${shell}${BANNER}function f(){}import{join}from"node:path";f(join);\n`)).to.equal(
      `${shell}${BANNER}const {join}=require("node:path");function f(){}f(join);\n`,
    );
  });

  it("leaves other modules and dynamic imports alone", () => {
    const code = `${BANNER}import{a}from"./node:x.js";await import("node:net");a();\n`;
    expect(lazyBuiltins(code)).to.equal(code);
  });
});
