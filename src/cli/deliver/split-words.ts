/**
 * Splits a command into words as a POSIX shell does (XCU 2.2, quoting) and expands nothing: --exec runs without a shell,
 * so that no name or value of a Secret can be executed.
 */
import { CliError, EXIT } from "../run/cli-deps.ts";

/** Blanks, a quoted part, an escaped character, or plain characters. */
const TOKEN = /(\s+)|'([^']*)'|"((?:[^"\\]|\\[^])*)"|\\([^])|([^\s'"\\]+)/y;

/** The words. @throws CliError for an open quote, a backslash at the end, or no word at all. */
export function splitWords(command: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < command.length;) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(command);
    if (match === null)
      throw new CliError(`--exec has an open quote at character ${at + 1}; close it`, EXIT.usage);
    at = TOKEN.lastIndex;
    const [, blanks, single, double, escaped, bare] = match;
    if (blanks !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + (single ?? unescaped(double) ?? continued(escaped) ?? bare ?? "");
  }
  if (word !== undefined) words.push(word);
  if (words.length === 0) throw new CliError("--exec is empty; name a command", EXIT.usage);
  return words;
}

/** Inside double quotes a backslash escapes only these characters (XCU 2.2.3). */
function unescaped(text: string | undefined): string | undefined {
  return text?.replaceAll(/\\([$`"\\\n])/g, (_, character: string) => continued(character) ?? "");
}

/** A backslash before a line break joins two lines. */
function continued(character: string | undefined): string | undefined {
  return character === "\n" ? "" : character;
}
