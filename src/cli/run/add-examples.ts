/**
 * The examples at the end of a command's help, in kubectl's format.
 */
import type { Command } from "commander";

/** What a command line does, and its words after `podkey`. */
export type Example = readonly [purpose: string, words: string];

/** Adds the section "Examples" to the help of a command. */
export function addExamples(command: Command, examples: readonly Example[]): void {
  const lines = examples.map(([purpose, words]) => `  # ${purpose}\n  podkey ${words}\n`);
  command.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
}
