/**
 * Bundles src/main.ts into dist/: podkey.js is the loader, what runs and what only some commands need are files beside it.
 * `npm run build` calls it, and `tools/podkey.js` when dist/ is stale. Keeps true that dist/ is all one needs: Node and
 * that folder.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { build as bundle, stop } from "esbuild";
import type { BuildOptions, Plugin } from "esbuild";
import { mergeChunks } from "./build/merge-chunks.ts";
import type { BuiltFile, Group } from "./build/merge-chunks.ts";
import { slimLibraries } from "./build/slim-libraries.ts";

const ROOT = join(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");

/** When a start rebuilds, older chunks stay this long, for a podkey that still starts with them. */
const KEPT_CHUNK_MS = 60_000;

/** `new URL("./a/b.binpb", import.meta.url)`: a file read at run time beside the source that names it. */
const ASSET = /new URL\("(\.\.?\/[\w/.-]+\.binpb)", import\.meta\.url\)/g;

/** Copies such files into dist/, where every chunk finds them beside itself. */
const assets: Plugin = {
  name: "assets",
  setup(build) {
    build.onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      const contents = source.replace(ASSET, (_, relative: string) => {
        copyFileSync(join(dirname(path), relative), join(DIST, basename(relative)));
        return `new URL("./${basename(relative)}", import.meta.url)`;
      });
      return { contents, loader: "ts" };
    });
  },
};

/** The commit, for `podkey version`; an image build, which has no .git, gives it in the environment. */
function revision(): string {
  const given = process.env["PODKEY_REVISION"];
  if (given !== undefined && given !== "") return given;
  const asked = spawnSync("git", ["rev-parse", "--short=12", "HEAD"], { cwd: ROOT, encoding: "utf8" });
  return asked.status === 0 ? asked.stdout.trim() : "unknown";
}

/** What every chunk begins with. */
const BANNER =
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);';

/** What `serve` in a pod loads at once. */
const SERVE = ["src/cli/command/serve.ts", "src/app/app.ts", "src/app/open/open-kubernetes.ts"];
const CLIENTS = [
  "src/cli/command/get.ts",
  "src/cli/command/list.ts",
  "src/cli/command/watch.ts",
  "src/cli/command/healthcheck.ts",
];

/**
 * What always runs together: `serve` in a pod loads the entry and these three, a client command the first two and its
 * own.
 */
const GROUPS: readonly Group[] = [
  {
    name: "base",
    sources: ["src/main.ts"],
    sharedWith: [...SERVE, ...CLIENTS, "src/cli/command/version.ts"],
  },
  { name: "grpc", sources: SERVE, sharedWith: CLIENTS },
  { name: "serve", sources: SERVE },
];

/**
 * ESM, since only ESM can be split into chunks that load when needed; merge-chunks.ts makes scripts of them. Minified in
 * white space and syntax, but not in names: stack traces in a log stay readable. CommonJS libraries inside need a
 * `require` for Node's own modules.
 */
const OPTIONS = {
  absWorkingDir: ROOT,
  entryPoints: { main: "src/main.ts" },
  outdir: DIST,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  write: false,
  format: "esm",
  platform: "node",
  target: "node22.19",
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: "none",
  logLevel: "warning",
  plugins: [assets, slimLibraries(ROOT)],
  define: { PODKEY_REVISION: JSON.stringify(revision()) },
  metafile: true,
  banner: { js: BANNER },
} as const satisfies BuildOptions;

/** Builds dist/; `keptChunkMs`: how old what is not part of it may be. Throws where the sources cannot be bundled; esbuild has printed why then. */
export async function build(keptChunkMs = KEPT_CHUNK_MS): Promise<void> {
  const startedAt = new Date();
  mkdirSync(DIST, { recursive: true });
  const merged = await mergeChunks(await bundle(OPTIONS), GROUPS, { options: OPTIONS, banner: BANNER });
  // Or its process (80 MB) would stay beside a podkey that is started after this in the same process.
  await stop();
  writeFileSync(join(DIST, "package.json"), '{"type":"commonjs"}\n');
  for (const file of merged) writeFileSync(join(DIST, file.name), file.contents);
  copyNativeLibrary();
  const entry = loader(merged);
  writeEntry(entry, startedAt);
  removeOldChunks(new Set([entry, ...merged].map((file) => file.name)), keptChunkMs);
}

/** podkey.js, which knows what the file of src/main.ts is called in this build. */
function loader(files: readonly BuiltFile[]): BuiltFile {
  const main = files.find(({ name }) => name.startsWith("main-"));
  if (main === undefined) throw new Error("The bundle has no file of src/main.ts.");
  const text = readFileSync(join(import.meta.dirname, "build/loader.cjs"), "utf8");
  return { name: "podkey.js", contents: text.replace("./main.js", `./${main.name}`) };
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

/** The entry comes last, and whole: whoever starts it meanwhile finds either the old build or the new one. */
function writeEntry(file: BuiltFile, startedAt: Date): void {
  const path = join(DIST, file.name);
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, file.contents);
  chmodSync(temporary, 0o755);
  // What was edited while we built is newer than this.
  utimesSync(temporary, startedAt, startedAt);
  renameSync(temporary, path);
}

function removeOldChunks(current: ReadonlySet<string>, keptChunkMs: number): void {
  for (const name of readdirSync(DIST)) {
    if (!name.endsWith(".js") || current.has(name)) continue;
    if (Date.now() - statSync(join(DIST, name)).mtimeMs >= keptChunkMs) rmSync(join(DIST, name));
  }
}

if (import.meta.main) await build(0);
