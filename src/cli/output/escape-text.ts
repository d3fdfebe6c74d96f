/**
 * Text of a Secret (type, labels, annotations) for a terminal: without characters that move the cursor, change colours or
 * reverse the direction of the text.
 */

const SPECIAL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** The text with each such character as its JSON escape, such as `\u001b`. */
export function escapeText(text: string): string {
  return text.replaceAll(SPECIAL, (character) =>
    [...Array(character.length).keys()]
      .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/** The same for text of several lines that has line breaks of its own. */
export function escapeLines(text: string): string {
  return text.split("\n").map(escapeText).join("\n");
}
