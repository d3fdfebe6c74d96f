/**
 * Node's own modules, as the bundle gets them. An ESM import of one reads all of its exports, also the getters behind
 * which Node keeps what few programs use (undici behind node:http, WebCrypto behind node:crypto, the REPL's history
 * behind node:readline): 15 MB for nothing. `require` reads none. Called by build.ts for every file of the bundle.
 */

/** `import{a as b}from"node:x"`, `import x from"node:x"` and `import*as x from"node:x"`, as esbuild prints them. */
const IMPORT = /(?<=^|[;}\n])import(?:\{([^{}]*)\}|\*as ([\w$]+) | ([\w$]+) )from"(node:[\w/]+)";/g;

/** What the banner of a file imports: the way to `require` itself. */
const REQUIRE_FROM = "node:module";

/** The same code with every such import as a `require`, right after the first line, where `require` is defined. */
export function lazyBuiltins(code: string): string {
  const required: string[] = [];
  const rest = code.replace(
    IMPORT,
    (whole: string, names?: string, all?: string, one?: string, from = "") => {
      if (from === REQUIRE_FROM) return whole;
      const target = names === undefined ? (all ?? one ?? "") : `{${names.replaceAll(" as ", ":")}}`;
      required.push(`const ${target}=require("${from}");`);
      return "";
    },
  );
  const end = rest.indexOf("\n", rest.startsWith("#!") ? rest.indexOf("\n") + 1 : 0) + 1;
  return rest.slice(0, end) + required.join("") + rest.slice(end);
}
