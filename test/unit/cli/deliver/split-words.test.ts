import { expect } from "chai";
import { CliError } from "../../../../src/cli/run/cli-deps.ts";
import { splitWords } from "../../../../src/cli/deliver/split-words.ts";

describe("watch --exec: split into words", () => {
  const cases: readonly (readonly [string, readonly string[]])[] = [
    ["nginx -s reload", ["nginx", "-s", "reload"]],
    ["  a \t b\n", ["a", "b"]],
    [`echo 'a b' "c d"`, ["echo", "a b", "c d"]],
    [`a''b "" ''`, ["ab", "", ""]],
    [`a\\ b \\'`, ["a b", "'"]],
    [`"a\\"b\\\\c\\n\\$"`, [`a"b\\c\\n$`]],
    [`'a\\b'`, ["a\\b"]],
    ["a\\\nb", ["ab"]],
    [`x"y"'z'`, ["xyz"]],
    ["$HOME *.txt `id` a|b;c", ["$HOME", "*.txt", "`id`", "a|b;c"]],
  ];
  for (const [command, words] of cases) {
    it(`splits ${JSON.stringify(command)} and expands nothing`, () => {
      expect(splitWords(command)).to.deep.equal(words);
    });
  }

  for (const command of [`a "b`, `a 'b`, "a \\", "", "  "]) {
    it(`rejects ${JSON.stringify(command)}`, () => {
      expect(() => splitWords(command)).to.throw(CliError, /--exec/);
    });
  }
});
