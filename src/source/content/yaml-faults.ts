/**
 * Texts for the YAML parser's error codes. The parser's own messages quote the text around the error, which may be a
 * value of a Secret.
 */
import type { ErrorCode } from "yaml";

const WORDS: Readonly<Partial<Record<ErrorCode, string>>> = {
  ALIAS_PROPS: "an alias has an anchor or a tag",
  BAD_ALIAS: "the name of an alias is not valid",
  BAD_DQ_ESCAPE: "a double-quoted string contains an unknown escape; use single quotes",
  BAD_INDENT: "the indentation is wrong or a bracket is not closed",
  BAD_SCALAR_START: "an unquoted string begins with a reserved character; quote it",
  BLOCK_AS_IMPLICIT_KEY: "a second mapping begins on one line; quote the text after the first colon",
  BLOCK_IN_FLOW: "a block collection is inside brackets",
  DUPLICATE_KEY: "a key appears twice in one mapping",
  MISSING_CHAR: "a colon, comma, bracket, quote or space is missing",
  MULTILINE_IMPLICIT_KEY: "a key spans several lines; a colon or a quote may be missing before it",
  NON_STRING_KEY: "a key is not a string",
  TAB_AS_INDENT: "a tab is used for indentation; use spaces",
};

/** The text for a code. */
export function yamlFault(code: ErrorCode): string {
  return WORDS[code] ?? `the YAML is malformed (${code})`;
}
