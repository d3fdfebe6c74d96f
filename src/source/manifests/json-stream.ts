/**
 * Splits a text into the JSON objects that it begins with, as Go's json.Decoder does: `{}{}` is two objects. JSON.parse
 * reads only whole texts, so the end of each object is searched for first.
 */

/** An object and the offsets of its text. */
export interface JsonObject {
  readonly value: unknown;
  readonly offset: number;
  readonly end: number;
}

/** The next JSON object at or after `from`; undefined if the text there is not one. V8's error text, which quotes, is dropped. */
export function readJsonObject(text: string, from: number): JsonObject | undefined {
  const offset = skipSpace(text, from);
  if (text[offset] !== "{") return undefined;
  const end = endOfObject(text, offset);
  try {
    return { value: JSON.parse(text.slice(offset, end)), offset, end };
  } catch {
    return undefined;
  }
}

/** The offset of the first character that is not white space. */
export function skipSpace(text: string, from: number): number {
  SPACE.lastIndex = from;
  SPACE.test(text);
  return SPACE.lastIndex;
}

const SPACE = /\s*/y;
const QUOTE_OR_BRACE = /["{}]/g;

function endOfObject(text: string, from: number): number {
  let depth = 0;
  QUOTE_OR_BRACE.lastIndex = from;
  for (let found = QUOTE_OR_BRACE.exec(text); found !== null; found = QUOTE_OR_BRACE.exec(text)) {
    if (found[0] === '"') QUOTE_OR_BRACE.lastIndex = endOfString(text, QUOTE_OR_BRACE.lastIndex);
    else depth += found[0] === "{" ? 1 : -1;
    if (depth === 0) return QUOTE_OR_BRACE.lastIndex;
  }
  return text.length;
}

/** The offset behind the closing quote. A quote after an odd number of backslashes does not close the string. */
function endOfString(text: string, from: number): number {
  for (let quote = text.indexOf('"', from); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let backslashes = 0;
    while (text[quote - 1 - backslashes] === "\\") backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
  }
  return text.length;
}
