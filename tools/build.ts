/**
 * Bundles src/main.ts into dist/main.js and puts dist/podkey.js before it, which Node starts by itself. Each library that only some starts need is a
 * second file beside it, so that the others do not keep its source text in memory. `npm run build` calls this, and
 * `tools/podkey.js` when dist/ is stale. Keeps true that Node and dist/ are all that a start needs.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build as bundle, stop } from "esbuild";
import type { BuildOptions, Plugin } from "esbuild";
import { slimLibraries } from "./build/slim-libraries.ts";

const ROOT = join(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");

/**
 * The files beside podkey.js and what each is made of: a library, the file of ours that imports just the needed part of
 * one, or a worker thread. Each is CommonJS or imported by name, so that `require` of the file is the library.
 */
const SEPARATE: Readonly<Record<string, string>> = {
  client: "src/client/index.ts",
  "grpc-js": "@grpc/grpc-js",
  "js-yaml": "js-yaml",
  koffi: "koffi",
  opentelemetry: "@opentelemetry/api",
  "pino-pretty": "pino-pretty",
  "proto-loader": "@grpc/proto-loader",
  "read-file-worker": "src/source/manifests/read-file-worker.ts",
  yaml: "yaml",
  zod: "zod",
};

/** `new URL("./a/b.binpb", import.meta.url)`: a file read at run time beside the source that names it. */
const ASSET = /new URL\("(\.\.?\/[\w/.-]+\.binpb)", import\.meta\.url\)/g;

/** Copies such files into dist/, where the bundle finds them beside itself. */
const assets: Plugin = {
  name: "assets",
  setup(build) {
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const contents = source.replace(ASSET, (_, relative: string) => {
        replaceFile(join(dirname(path), relative), join(DIST, basename(relative)));
        return `new URL("./${basename(relative)}", import.meta.url)`;
      });
      return { contents, loader: "ts" };
    });
  },
};

/** Points every import of such a library, wherever it stands, at the file that holds it. */
const separateLibraries: Plugin = {
  name: "separate-libraries",
  setup(build) {
    for (const [file, entry] of Object.entries(SEPARATE)) {
      const isOurs = entry.startsWith("src/");
      const imported = new RegExp(isOurs ? `/${basename(entry)}$` : `^${entry}$`);
      build.onResolve({ filter: imported }, ({ path, kind, resolveDir }) =>
        kind === "entry-point" || (isOurs && join(resolveDir, path) !== join(ROOT, entry))
          ? undefined
          : { path: `./${file}.js`, external: true },
      );
    }
  },
};

/** The commit, for `podkey version`; an image build, which has no .git, gives it in the environment. */
function revision(): string {
  const given = process.env["PODKEY_REVISION"];
  if (given !== undefined && given !== "") return given;
  const asked = spawnSync("git", ["rev-parse", "--short=12", "HEAD"], { cwd: ROOT, encoding: "utf8" });
  return asked.status === 0 ? asked.stdout.trim() : "unknown";
}

/**
 * dist/podkey.js, in JavaScript that every Node can parse. Without it Node 20 ends with the stack trace of a TypeError, and
 * Node 12 (Ubuntu 22.04) with that of a SyntaxError.
 */
function loader(): string {
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    readonly engines: { readonly node: string };
  };
  const [major, minor] = manifest.engines.node.replace(">=", "").split(".").map(Number);
  return `#!/usr/bin/env node
var found = process.versions.node.split(".").map(Number);
if (found[0] < ${major} || (found[0] === ${major} && found[1] < ${minor})) {
  console.error("podkey: Node " + process.version + " is too old; run podkey with Node ${major}.${minor} or newer");
  process.exit(2);
}
require("./main.js");
`;
}

/**
 * CommonJS, because a CommonJS bundle reads a module of Node only when it is needed: an ES module import also runs the
 * getters behind which Node keeps undici, WebCrypto and others (8 MB resident). Minified in white space and syntax but not
 * in names: stack traces in a log stay readable. ASCII, which V8 keeps as one byte a character.
 */
const OPTIONS = {
  absWorkingDir: ROOT,
  outdir: DIST,
  bundle: true,
  write: false,
  format: "cjs",
  platform: "node",
  target: "node22.19",
  charset: "ascii",
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  logLevel: "warning",
  define: {
    PODKEY_REVISION: JSON.stringify(revision()),
    "import.meta.url": "__url",
    "import.meta.dirname": "__dirname",
  },
  banner: { js: 'const __url=require("node:url").pathToFileURL(__filename).href;' },
  entryPoints: { main: "src/main.ts", ...SEPARATE },
  plugins: [assets, separateLibraries, slimLibraries(ROOT)],
} as const satisfies BuildOptions;

/** Builds dist/. Throws where the sources cannot be bundled; esbuild has printed why. */
export async function build(): Promise<void> {
  const startedAt = new Date();
  mkdirSync(DIST, { recursive: true });
  const { outputFiles } = await bundle(OPTIONS);
  // Otherwise esbuild's process (80 MB) stays beside a podkey that is started in this process.
  await stop();
  writeFileSync(join(DIST, "package.json"), '{"type":"commonjs"}\n');
  copyNativeLibrary();
  // The program comes last, so that a start finds either the old build or the new one.
  const bundles = outputFiles.map(({ path, contents }) => ({ name: basename(path), contents }));
  const files = [...bundles, { name: "podkey.js", contents: Buffer.from(loader()) }];
  for (const { name, contents } of files.toSorted(({ name }) => (name === "podkey.js" ? 1 : -1)))
    writeProgram(join(DIST, name), contents, startedAt);
  for (const name of readdirSync(DIST))
    if (name.endsWith(".js") && !files.some((file) => file.name === name)) rmSync(join(DIST, name));
}

/**
 * koffi (SO_PEERCRED) asks `require` for the package of its platform, so that package stands in dist/node_modules with
 * the one native file for this libc. Where it is not installed, a consumer's `peer` is refused when podkey starts.
 * An image is built for another processor by PODKEY_TARGET_ARCH, in the words of Docker (`amd64`) or of Node (`x64`).
 */
function copyNativeLibrary(): void {
  const arch = process.env["PODKEY_TARGET_ARCH"]?.replace("amd64", "x64") || process.arch;
  const name = `@koromix/koffi-${process.platform}-${arch}`;
  const [from, to] = [join(ROOT, "node_modules", name), join(DIST, "node_modules", name)];
  // No package of this name has a file for two systems; on Linux there is one for each libc.
  const libc = existsSync("/etc/alpine-release") ? "musl" : process.platform;
  const native = join(`${libc}_${arch}`, "koffi.node");
  if (!existsSync(join(from, native))) {
    if (arch !== process.arch)
      throw new Error(`${join(name, native)} is not installed, so there is no dist/ for ${arch}.`);
    return;
  }
  mkdirSync(dirname(join(to, native)), { recursive: true });
  for (const file of ["package.json", "index.js", native]) replaceFile(join(from, file), join(to, file));
}

/** By rename, because a running podkey may have the old file mapped. */
function replaceFile(from: string, to: string): void {
  const temporary = `${to}.${process.pid}`;
  copyFileSync(from, temporary);
  renameSync(temporary, to);
}

/** The file gets the time at which the build began: a source that was edited since then is newer. */
function writeProgram(path: string, contents: Uint8Array, startedAt: Date): void {
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, contents);
  chmodSync(temporary, 0o755);
  utimesSync(temporary, startedAt, startedAt);
  renameSync(temporary, path);
}

if (import.meta.main) await build();
