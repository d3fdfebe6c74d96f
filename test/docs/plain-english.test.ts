/**
 * The texts of the repository use plain English (CONTRIBUTING.md). This test holds the part of the rule that a machine can
 * check: words and turns that readers have to decode.
 */
import { expect } from "chai";
import { matches, repositoryFiles, wholeText } from "../support/docs/repository-text.ts";

/** Each pattern with what to write instead. */
const NOT_USED: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/\bmend(?:s|ed|ing)?\b/gi, "fix, repair"],
  [/\banew\b/gi, "again"],
  [/\bwho(?:so)?ever\b/gi, "anyone who; a client that"],
  [/(?:^|[.:;] )whatever\b/gi, "name the subject"],
  [/\bfor ever\b/gi, "indefinitely; without end"],
  [/\bso many\b/gi, "N; this number of"],
  [/\blest\b/gi, "so that … not"],
  [/\bthere(?:of|by|upon)\b/gi, "of it; by this"],
  [/\b(?:its|their|his) (?:\w+ )?friends\b/gi, "and related"],
  [/\bat the (?:same )?door\b/gi, "on arrival; at accept"],
  [/\bnobody's\b/gi, "not owned; unused"],
  [/\bof its own kind\b/gi, "separate"],
  [/\bis well again\b/gi, "has recovered"],
  [/\b(?:may|can(?:not)?|could) be had\b/gi, "is available"],
  [/\b(?:give|gives|gave) way to\b/gi, "is replaced by; yields to"],
  [
    /(?<!\bthere )(?<!\bwhere )\b(?:is|are|was|were) no (?!longer\b|more\b|less\b|later\b|better\b|worse\b)[a-z`"]\w*/gi,
    "is not a …",
  ],
];

/** Where a pattern is meant: the rule itself, and names that cannot change. */
const ALLOWED: readonly string[] = ["test/docs/plain-english.test.ts", "LICENSE", "package-lock.json"];

/** Copied from other projects, binary, or data. */
const FOREIGN =
  /^(?:third_party|proto\/(?:google|grpc)|docs\/performance|bench\/results)\/|\.(?:png|binpb|lock|sum|svg)$/;

const FILES = repositoryFiles().filter((path) => !ALLOWED.includes(path) && !FOREIGN.test(path));

describe("plain English", () => {
  for (const [pattern, instead] of NOT_USED)
    it(`writes "${instead}" instead of ${String(pattern)}`, () => {
      expect(FILES.flatMap((path) => matches(wholeText(path), pattern)).join("\n")).to.equal("");
    });
});
