/**
 * The forms of `-o`, with kubectl's names. Each command lists the ones that it supports.
 */
import { CliError, EXIT } from "../run/cli-deps.ts";

/** How a command prints. */
export type OutputForm = "table" | "json" | "yaml" | "raw" | "name";

/** Reads `-o`. @throws CliError naming the forms of this command. */
export function readOutputForm<Form extends OutputForm>(value: string, forms: readonly Form[]): Form {
  const form = forms.find((candidate) => candidate === value);
  if (form !== undefined) return form;
  throw new CliError(`-o ${value} is not an output form here; use one of ${forms.join(", ")}`, EXIT.usage);
}
