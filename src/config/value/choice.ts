/**
 * Options with a fixed set of values, such as `--source` and `--log-level`.
 */
import type { Codec } from "./codec.ts";
import { accepted, refused } from "./codec.ts";
import { didYouMean } from "./did-you-mean.ts";

/** One of the given words. An error lists all of them. */
export function choiceCodec<const T extends string>(choices: readonly T[]): Codec<T> {
  return {
    placeholder: choices.join("|"),
    list: false,
    parse: (text) => {
      const choice = choices.find((candidate) => candidate === text);
      if (choice !== undefined) return accepted(choice);
      return refused(`"${text}" is not one of ${choices.join(", ")}${didYouMean(text, choices)}`);
    },
    format: (value) => value,
    jsonSchema: { enum: choices },
  };
}
