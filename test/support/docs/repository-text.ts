/**
 * The repository as the documentation tests read it: which files there are, and what in them a person reads (comments,
 * test titles, pages), with the line of each sentence.
 */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./checkout.ts";

/** Build output, libraries, and files that tools write or that other projects own. */
const EXCLUDED =
  /(?:^|\/)(?:node_modules|dist|coverage|generated|__pycache__|\.venv)(?:\/|$)|^examples\/.*\/(?:gen|build|target)(?:\/|$)|^examples\/clients\/python\/podkey(?:\/|$)|^bench\/results\/local(?:\/|$)/;

const FOLDERS = "{src,test,tools,bench,docs,deploy,examples,proto,third_party,.github,.ci}";
const ROOT_FILES = "{*.*,Dockerfile,LICENSE,.npmrc,.mocharc.json,.prettierrc.json,.dependency-cruiser.cjs}";

let known: readonly string[] | undefined;

/** Every file, as a path from the root. */
export function repositoryFiles(): readonly string[] {
  known ??= [FOLDERS + "/**/*", FOLDERS + "/**/.*", ROOT_FILES]
    .flatMap((pattern) =>
      globSync(pattern, { cwd: ROOT, withFileTypes: true, exclude: (entry) => EXCLUDED.test(pathOf(entry)) }),
    )
    .filter((entry) => entry.isFile() && !EXCLUDED.test(pathOf(entry)))
    .map(pathOf)
    .toSorted();
  return known;
}

function pathOf({ parentPath, name }: { readonly parentPath: string; readonly name: string }): string {
  return join(parentPath, name).slice(ROOT.length + 1);
}

/** Text of one file, and where its lines begin in it. */
export interface Prose {
  readonly path: string;
  /** One line: line breaks, indentation and comment signs are one space, so that a phrase is found across lines. */
  readonly text: string;
  /** The line (from 1) of an offset in `text`. */
  lineAt(offset: number): number;
}

const SLASHES = /\.(?:ts|js|cjs|mjs|go|rs|java|cpp|h|proto)$/;
const HASHES = /\.(?:ya?ml|sh|py|toml|tpl)$|Dockerfile$|\.ci\/run$|\.npmrc$/;
const COMMENT_SIGN = /^\s*(?:\/\*\*?|\*\/|\*(?!\*)|\/\/[/!]?|#+)?\s*/;

/** All text of a file, code included. */
export function wholeText(path: string): Prose {
  return proseOf(path, () => true);
}

/** Comments and test titles of code; a page without its fenced blocks. */
export function commentText(path: string): Prose {
  let isInside = false;
  if (path.endsWith(".md")) {
    return proseOf(path, (line) => {
      const isFence = /^\s*(?:```|~~~)/.test(line);
      if (isFence) isInside = !isInside;
      return !isFence && !isInside;
    });
  }
  if (HASHES.test(path)) return proseOf(path, (line) => /(?:^|\s)#\s?(.*)$/.exec(line)?.[1] ?? false);
  if (!SLASHES.test(path)) return proseOf(path, () => false);
  return proseOf(path, (line) => {
    if (isInside || /^\s*\/\*/.test(line)) {
      isInside = !line.includes("*/");
      return true;
    }
    return /(?:^|\s)\/\/\s(.*)$/.exec(line)?.[1] ?? TITLE.exec(line)?.[2] ?? false;
  });
}

const TITLE = /\b(?:describe|it)(?:\.only)?\(\s*(["'`])(.*)\1/;

/** @param pick true: the line; a string: that part of it; false: nothing of it. */
function proseOf(path: string, pick: (line: string) => boolean | string): Prose {
  const starts: number[] = [];
  let text = "";
  for (const line of readFileSync(join(ROOT, path), "utf8").split("\n")) {
    starts.push(text.length);
    const picked = pick(line);
    if (picked === false) continue;
    const trimmed = (picked === true ? line : picked).replace(COMMENT_SIGN, "").trim();
    if (trimmed !== "") text += `${trimmed.replaceAll(/\s+/g, " ")} `;
  }
  return { path, text, lineAt: (offset) => starts.findLastIndex((start) => start <= offset) + 1 };
}

/** `path:line: found` for each match that is not fine. */
export function matches(
  prose: Prose,
  pattern: RegExp,
  isFine: (found: string) => boolean = () => false,
): readonly string[] {
  return [...prose.text.matchAll(pattern)]
    .filter(([found]) => !isFine(found))
    .map((match) => `${prose.path}:${String(prose.lineAt(match.index))}: ${match[0].trim()}`);
}
