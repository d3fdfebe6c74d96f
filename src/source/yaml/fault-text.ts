/**
 * Texts for the errors of js-yaml. Its own messages are for its developers, and some quote the file, where the quoted text
 * may be a value of a Secret.
 */

/** A part of js-yaml's message, and our text. The first match counts. */
const FAULTS: readonly (readonly [RegExp, string])[] = [
  [/tab characters/, "a tab is used for indentation; use spaces"],
  [
    /escape sequence|hexadecimal character/,
    "a double-quoted string contains an unknown escape; use single quotes",
  ],
  [/within a (?:single|double) quoted scalar/, "a quoted string does not end; a quote is missing"],
  [/flow collection|expected the node content/, "a comma or a closing bracket is missing"],
  [
    /multiline key|expected ':'|whitespace character is expected/,
    "a colon, a quote or a space after a colon is missing",
  ],
  [/indentation/, "the indentation is wrong, or a text with a colon and a space needs quotes"],
  [/nesting exceeded/, "lists and mappings are nested too deep"],
  [
    /non-printable|null byte|JSON character/,
    "a control character is not allowed; write it as an escape in double quotes",
  ],
  [/tag|anchor|alias|directive/, "a tag, an anchor, an alias or a directive is malformed"],
  [
    /document separator/,
    "the document continues with text that does not belong to it; check indentation and quotes",
  ],
];

/** The text for a message of js-yaml. */
export function faultText(message: string): string {
  return FAULTS.find(([pattern]) => pattern.test(message))?.[1] ?? "the YAML is malformed";
}
