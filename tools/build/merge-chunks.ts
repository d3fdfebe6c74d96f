/**
 * Fewer, larger files, as scripts that loader.cjs runs. esbuild splits shared code into one chunk for each set of
 * commands that uses it, so a start of `serve` read and linked forty of them, one after the other. Here those that a
 * start always loads together become one file; what few need stays lazy. Called by build.ts. Keeps true that every
 * module is in exactly one file, and that a file is ASCII: the loader reads it as such.
 */
import { createHash } from "node:crypto";
import { basename } from "node:path";
import { build as bundle } from "esbuild";
import type { BuildOptions, BuildResult, Plugin } from "esbuild";
import { lazyBuiltins } from "./lazy-builtins.ts";

/** A file of dist/ before it is written. */
export interface BuiltFile {
  /** Name without folder. */
  readonly name: string;
  readonly contents: string;
}

/** Chunks that become one file: these sources and all that they import, less what an earlier group has. */
export interface Group {
  readonly name: string;
  readonly sources: readonly string[];
  /** Of that, only what one of these sources imports too. */
  readonly sharedWith?: readonly string[];
}

/** What esbuild made, as it is needed here. */
export type Split = BuildResult<{ readonly write: false; readonly metafile: true }>;

interface Chunk {
  readonly name: string;
  readonly contents: string;
  readonly source: string | undefined;
  readonly exports: readonly string[];
  readonly imports: readonly string[];
}

/** A file is an expression: the function that makes the module (tools/build/loader.cjs calls it). */
const BEGIN = '(function(exports,require,module,__url,__dirname){"use strict";';
const END = "})";

/**
 * The same program in fewer files. `options`: how it was bundled; `banner`: the first line of every chunk, which defines
 * `require`: the loader's own takes its place. A chunk that belongs to several groups is in the first. @throws Error for
 * a source that is no chunk.
 */
export async function mergeChunks(
  split: Split,
  groups: readonly Group[],
  { options, banner }: { readonly options: BuildOptions; readonly banner: string },
): Promise<readonly BuiltFile[]> {
  const chunks = readChunks(split);
  const homes = findHomes(chunks, groups);
  const entries = [...new Set([...chunks.keys()].map((name) => homes.get(name) ?? name))];
  const merged = await bundle({
    ...options,
    entryPoints: entries.map((name) => ({ in: `podkey:file:${name}`, out: name.replace(/\.js$/, "") })),
    entryNames: "[name]",
    splitting: false,
    write: false,
    format: "cjs",
    // import() becomes a promise of require(), import.meta.url what the loader gives.
    supported: { "dynamic-import": false },
    define: { "import.meta.url": "__url", "import.meta.dirname": "__dirname" },
    charset: "ascii",
    banner: { js: BEGIN },
    footer: { js: END },
    plugins: [filesOf(chunks, homes, banner)],
  });
  return merged.outputFiles.map(({ path, text }) => ({ name: basename(path), contents: text }));
}

function readChunks({ outputFiles, metafile }: Split): ReadonlyMap<string, Chunk> {
  const texts = new Map(outputFiles.map(({ path, text }) => [basename(path), text]));
  return new Map(
    Object.entries(metafile.outputs).map(([path, output]) => {
      const name = basename(path);
      const imports = output.imports
        .filter(({ kind, external }) => kind === "import-statement" && external !== true)
        .map((each) => basename(each.path));
      const { exports, entryPoint: source } = output;
      return [name, { name, contents: texts.get(name) ?? "", source, exports, imports }];
    }),
  );
}

/**
 * Chunk to the file that it becomes a part of, in the order in which they run; without an entry it stays alone. The file's
 * name holds a hash of its parts, so that a podkey that is starting never mixes two builds.
 */
function findHomes(
  chunks: ReadonlyMap<string, Chunk>,
  groups: readonly Group[],
): ReadonlyMap<string, string> {
  const groupOf = new Map<string, string>();
  for (const { name, sources, sharedWith } of groups) {
    const shared = sharedWith && closure(chunks, sharedWith);
    for (const part of closure(chunks, sources))
      if (!groupOf.has(part) && shared?.has(part) !== false) groupOf.set(part, name);
  }
  const files = new Map(
    groups.map(({ name }) => {
      const parts = [...groupOf].filter(([, group]) => group === name).map(([part]) => part);
      const hash = createHash("sha256").update(parts.join()).digest("hex").slice(0, 8).toUpperCase();
      return [name, `${name}-${hash}.js`];
    }),
  );
  return new Map([...groupOf].map(([chunk, group]) => [chunk, files.get(group) ?? group]));
}

/** The chunks of these sources and all that they import, each after what it imports. */
function closure(chunks: ReadonlyMap<string, Chunk>, sources: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>();
  const begun = new Set<string>();
  const visit = (name: string): void => {
    if (begun.has(name)) return;
    begun.add(name);
    for (const imported of chunks.get(name)?.imports ?? []) visit(imported);
    found.add(name);
  };
  for (const source of sources) {
    const chunk = [...chunks.values()].find((each) => each.source === source);
    if (chunk === undefined) throw new Error(`${source} is no chunk; see the groups of tools/build.ts.`);
    visit(chunk.name);
  }
  return found;
}

/** How a file of several chunks exports what one of them does: names of two chunks may be the same, those of sources are not. */
function exported(chunk: Chunk): readonly (readonly [name: string, alias: string])[] {
  const suffix = chunk.source === undefined ? `$${chunk.name.replace(/\W/g, "_")}` : "";
  return chunk.exports.map((name) => [name, `${name}${suffix}`]);
}

/** Lets esbuild put chunks together, and point what is left at the file where each now is. */
function filesOf(
  chunks: ReadonlyMap<string, Chunk>,
  homes: ReadonlyMap<string, string>,
  banner: string,
): Plugin {
  const textOf = ({ contents }: Chunk): string => lazyBuiltins(contents).replace(banner, "");
  const chunkOf = (name: string): Chunk => {
    const chunk = chunks.get(name);
    if (chunk === undefined) throw new Error(`${name} is no chunk.`);
    return chunk;
  };
  return {
    name: "merge-chunks",
    setup(build) {
      build.onResolve({ filter: /^podkey:file:/ }, ({ path }) => {
        const name = path.slice("podkey:file:".length);
        return { path: name, namespace: chunks.has(name) ? "chunk" : "group" };
      });
      build.onResolve({ filter: /^podkey:chunk:/ }, ({ path }) => ({
        path: path.slice("podkey:chunk:".length),
        namespace: "chunk",
      }));
      build.onResolve({ filter: /^node:/ }, ({ path }) => ({ path, external: true }));
      build.onResolve({ filter: /^\.\// }, ({ path, kind, importer, namespace }) => {
        const name = path.slice(2);
        const home = homes.get(name);
        if (home === undefined || namespace !== "chunk") return { path, external: true };
        if (kind === "dynamic-import") return { path: `./${home}`, external: true };
        return { path: name, namespace: home === homes.get(importer) ? "chunk" : "elsewhere" };
      });
      build.onLoad({ filter: /./, namespace: "chunk" }, ({ path }) => ({ contents: textOf(chunkOf(path)) }));
      build.onLoad({ filter: /./, namespace: "group" }, ({ path }) => {
        const parts = [...homes].filter(([, home]) => home === path).map(([name]) => chunkOf(name));
        const files = new Set(parts.flatMap(({ imports }) => imports.map((name) => homes.get(name) ?? name)));
        files.delete(path);
        // First what the parts import, as it was when they were modules; a script would load it where it is first used.
        const first = [...files].map((file) => `import"./${file}";`);
        return { contents: [...first, ...parts.map((chunk) => groupPart(chunk))].join("") };
      });
      build.onLoad({ filter: /./, namespace: "elsewhere" }, ({ path }) => {
        const names = exported(chunkOf(path)).map(([name, alias]) => `${alias} as ${name}`);
        const file = `"./${homes.get(path) ?? path}"`;
        // The bare import stays where none of the names is used.
        return { contents: `import${file};export{${names.join()}}from${file};` };
      });
    },
  };
}

function groupPart(chunk: Chunk): string {
  const names = exported(chunk).map(([name, alias]) => `${name} as ${alias}`);
  return `import"podkey:chunk:${chunk.name}";export{${names.join()}}from"podkey:chunk:${chunk.name}";`;
}
