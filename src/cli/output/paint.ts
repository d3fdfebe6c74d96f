/**
 * Colour for terminals; pipes and `NO_COLOR` (no-color.org) get plain text. Colour never carries information that the text
 * does not.
 */
import { styleText } from "node:util";
import type { CliDeps } from "../run/cli-deps.ts";

/** The purpose of a colour. */
export type Tone = "good" | "bad" | "warn" | "new" | "dim" | "strong";

/** Colours a text, or leaves it as it is. */
export type Paint = (tone: Tone, text: string) => string;

const FORMATS = {
  good: "green",
  bad: "red",
  warn: "yellow",
  new: ["bold", "green"],
  dim: "dim",
  strong: "bold",
} as const;

/** Leaves every text as it is. */
export const plain: Paint = (_tone, text) => text;

/** The paint for stdout of a command. */
export function paintFor({ isTTY, env }: Pick<CliDeps, "isTTY" | "env">): Paint {
  if (!isTTY || (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb") return plain;
  return (tone, text) => styleText([FORMATS[tone]].flat(), text, { validateStream: false });
}
