/**
 * The YAML parser's error codes in words of our own. Its own messages quote the text around the error, and in a Secret
 * manifest that text may be a value.
 */
import type { ErrorCode } from "yaml";

const WORDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  ALIAS_PROPS: "an alias has an anchor or a tag of its own",
  BAD_ALIAS: "an alias has no valid name",
  BAD_DQ_ESCAPE: "a double-quoted text holds an unknown escape; use single quotes",
  BAD_INDENT: "the indentation is wrong",
  BAD_SCALAR_START: "a plain text begins with a reserved character; quote it",
  BLOCK_AS_IMPLICIT_KEY: "a second mapping begins on one line; quote the text after the first colon",
  BLOCK_IN_FLOW: "a block stands inside brackets",
  DUPLICATE_KEY: "a key stands twice in one mapping",
  MISSING_CHAR: "a colon, comma, bracket, quote or blank is missing",
  MULTILINE_IMPLICIT_KEY: "a key goes over several lines; a colon or a quote may be missing before it",
  NON_STRING_KEY: "a key is no plain text",
  TAB_AS_INDENT: "a tab is used for indentation; use spaces",
};

/** What is wrong, in words. */
export function yamlFault(code: ErrorCode): string {
  return WORDS[code] ?? `the YAML is malformed (${code})`;
}
