/**
 * What a comment, a test title or a page names exists in this repository: files, folders, pages and their headings. A
 * reader cannot follow a pointer to anything else.
 */
import { readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { expect } from "chai";
import { ROOT } from "../support/docs/checkout.ts";
import { commentText, matches, repositoryFiles } from "../support/docs/repository-text.ts";

/** Files and folders that a checkout does not have, because they are built, belong to a library, or stand for any name. */
const ELSEWHERE =
  /^(?:\.\/)?(?:dist\/|src\/client\/generated\/?$|google\/protobuf\/|podkey\/client$)|NAME|^\.\/(?:x\.ts|a\/b\.binpb|serve-1234\.js)$/;

const FILES = repositoryFiles();
const PATHS: ReadonlySet<string> = new Set(FILES);
const NAMES: ReadonlySet<string> = new Set(FILES.map((path) => path.slice(path.lastIndexOf("/") + 1)));
const FOLDERS: ReadonlySet<string> = new Set(FILES.flatMap(foldersOf));

/** Copied from other projects, or data. */
const FOREIGN = /^(?:third_party|proto\/(?:google|grpc)|docs\/performance|bench\/results)\//;

const CHECKED = FILES.filter((path) => !FOREIGN.test(path) && path !== "test/docs/pointers.test.ts");

/** A kind of pointer: the text that looks like one, and whether it leads somewhere. */
interface Kind {
  readonly title: string;
  readonly pattern: RegExp;
  readonly exists: (found: string, from: string) => boolean;
}

const KINDS: readonly Kind[] = [
  {
    title: "names no path of a file that does not exist",
    pattern:
      /(?<![\w./:@$~}>-])(?:\.{1,2}\/)*[\w.-]+(?:\/[\w.-]+)+\.(?:ts|md|ya?ml|sh|proto|js|cjs|mjs|json|binpb|svg)\b(?![/*])/g,
    exists: (path, from) => ELSEWHERE.test(path) || isFile(path, from),
  },
  {
    title: "names no file that does not exist",
    pattern: /(?<![\w./:@$~}>*-])[\w-]+(?:\.[\w-]+)*\.(?:ts|md|proto|cjs|mjs|sh)\b(?![/*(])/g,
    exists: (name) => NAMES.has(name),
  },
  {
    title: "names no folder that does not exist",
    pattern:
      /(?<![\w./:@$~}>-])(?:src|test|tools|bench|docs|deploy|examples|proto|third_party)\/[\w./-]*[\w/](?![\w.*{<-])/g,
    exists: (path, from) =>
      ELSEWHERE.test(path) || FOLDERS.has(path.replace(/\/$/, "")) || isFile(path, from),
  },
  {
    title: "names no anchor of a page that does not exist",
    pattern: /(?<![\w/:])[\w./-]+\.md#[\w-]+/g,
    exists: (found, from) => hasHeading(found.split("#"), from, anchorOf),
  },
  {
    title: "names no heading of a page that does not exist",
    pattern: /(?<![\w/:])[\w./-]+\.md,? "[^"]+"/g,
    exists: (found, from) => hasHeading(found.slice(0, -1).split(/,? "/), from, (heading) => heading),
  },
  {
    title: "points at no document that the repository does not have",
    pattern:
      /\bcontract(?:'s)? (?:sections?|points?) ?\d|\b(?:as in|of|in|by|after|from) the contract\b(?! (?:suite|tests?|tier|of))|\bthe contract (?:defines|says|promises|wants)|(?<!list-)\bwatch-engine\b|\b(?:serving|real-cluster|edges|conventions|style|rooms)\.md\b/gi,
    exists: () => false,
  },
];

describe("pointers", () => {
  for (const kind of KINDS)
    it(kind.title, () => {
      expect(CHECKED.flatMap((path) => broken(path, kind)).join("\n")).to.equal("");
    });
});

function broken(path: string, { pattern, exists }: Kind): readonly string[] {
  return matches(commentText(path), pattern, (found) => exists(found, path));
}

function foldersOf(path: string): readonly string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
}

function isFile(path: string, from: string): boolean {
  const plain = path.replace(/^(?:\.{1,2}\/)+/, "");
  return (
    PATHS.has(normalize(join(dirname(from), path))) ||
    FILES.some((file) => file === plain || file.endsWith(`/${plain}`))
  );
}

function hasHeading(
  [path = "", wanted = ""]: readonly string[],
  from: string,
  form: (heading: string) => string,
): boolean {
  const page = [normalize(join(dirname(from), path)), path, `docs/${path}`].find((file) => PATHS.has(file));
  if (page === undefined) return false;
  const headings = readFileSync(join(ROOT, page), "utf8").matchAll(/^#+ (.*)$/gm);
  return [...headings].some(([, heading = ""]) => form(heading) === wanted);
}

/** The anchor that GitHub makes of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}
