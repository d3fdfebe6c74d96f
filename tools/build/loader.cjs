#!/usr/bin/env node
/**
 * dist/podkey.js: runs the files beside it. Node's own loader could do that, but V8 compiles most functions only when
 * they are first called, and Node's compile cache is made before any is: a start compiled a thousand of them each time.
 * The cache here is made after a start (deploy/image/warm.mjs) and holds them. Where there is none, or V8 refuses it
 * because it is of another version or has other flags, everything is compiled as usual.
 */
"use strict";

const { mkdirSync, readFileSync, writeFileSync } = require("node:fs");
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
  const cachedData = cacheOf(name);
  const source = readFileSync(path);
  // Every file of the bundle is ASCII (merge-chunks.ts); as latin1 it is half the size in memory.
  const script = new Script(source.latin1Slice(), { filename: href, cachedData });
  release(source);
  if (cachedData !== undefined) release(cachedData);
  const module = { exports: {} };
  const isRefused = script.cachedDataRejected === true;
  loaded.set(name, { module, isRefused, uncached: cachedData === undefined ? script : undefined });
  script.runInThisContext()(module.exports, requireHere, module, href, __dirname);
  return module.exports;
}

function requireHere(name) {
  return name.startsWith("./") ? load(name) : require(name);
}

/** Gives the memory of a file back at once, or 2 MB would stay until V8 collects its old generation: an idle one may not. */
function release({ buffer, byteLength }) {
  // Node keeps small files together in one.
  if (buffer.byteLength === byteLength) buffer.transfer(0);
}

function cacheOf(name) {
  try {
    return readFileSync(join(__dirname, CACHE, `${name}.cache`));
  } catch {
    return undefined;
  }
}

/** Names of the files whose cache V8 did not take. */
exports.refusedCaches = () => [...loaded].filter(([, { isRefused }]) => isRefused).map(([name]) => name);

/** Writes what V8 has compiled of the files that had no cache, with all functions that have run. */
exports.saveCodeCache = () => {
  mkdirSync(join(__dirname, CACHE), { recursive: true });
  for (const [name, { uncached }] of loaded)
    if (uncached !== undefined)
      writeFileSync(join(__dirname, CACHE, `${name}.cache`), uncached.createCachedData());
};

load(MAIN);
