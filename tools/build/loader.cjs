#!/usr/bin/env node
/**
 * dist/podkey.js: runs the files beside it. Node's own loader could do that, but V8 compiles most functions only when
 * they are first called, and Node's compile cache is made before any is: a start compiled a thousand of them each time.
 * The cache here is made after a start (deploy/image/warm.mjs) and holds them. Where there is none, or V8 refuses it
 * because it is of another version or has other flags, everything is compiled as usual.
 */
"use strict";

const { readFileSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");
const { Script } = require("node:vm");

/** The file of src/main.ts; tools/build.ts puts its name here. */
const MAIN = "./main.js";

/** Beside the code, and as safe as that: whoever may write one may write the other. */
const CACHE = "code-cache";

/** By name as it is required: `./serve-1234.js`. */
const loaded = new Map();

function load(name) {
  const known = loaded.get(name);
  if (known !== undefined) return known.module.exports;
  const path = join(__dirname, name);
  const { href } = pathToFileURL(path);
  // Every file of the bundle is ASCII (merge-chunks.ts); read as such it is half the size in memory.
  const script = new Script(readFileSync(path, "latin1"), { filename: href, cachedData: cacheOf(name) });
  const module = { exports: {} };
  loaded.set(name, { module, script });
  script.runInThisContext()(module.exports, requireHere, module, href, __dirname);
  return module.exports;
}

function requireHere(name) {
  return name.startsWith("./") ? load(name) : require(name);
}

function cacheOf(name) {
  try {
    return readFileSync(join(__dirname, CACHE, `${name}.cache`));
  } catch {
    return undefined;
  }
}

/** Names of the files whose cache V8 did not take. */
exports.refusedCaches = () =>
  [...loaded].filter(([, { script }]) => script.cachedDataRejected === true).map(([name]) => name);

/** Writes the compiled code of what has been loaded, with all functions that have run, into this folder. */
exports.saveCodeCache = (folder) => {
  for (const [name, { script }] of loaded)
    writeFileSync(join(folder, `${name}.cache`), script.createCachedData());
};

load(MAIN);
