/**
 * What the kit must know of a language to run its example: which tools, how it is built, how it is started. One file for
 * each under `languages/`.
 */
import { join } from "node:path";
import { cacheFolder } from "../../support/cache-folder.ts";

/** A language with its example. */
export interface Language {
  /** As people write it: `Go`, `C++`. */
  readonly name: string;
  /** Brings to the system what the project may install there; called before `needs` is looked at. */
  readonly install?: () => void;
  /** Programs that must be on the PATH, each with an argument that makes it end with 0. */
  readonly needs: readonly (readonly [tool: string, argument: string])[];
  /** Makes what is missing or old under `folder` (the language's own, in the user's cache). Returns the words to start it. */
  readonly prepare: (folder: string) => Promise<readonly string[]>;
}

/** `examples/clients/` of the checkout. */
export const EXAMPLES = join(import.meta.dirname, "..", "..", "..", "examples", "clients");

/** The language's own folder in the user's cache, outside the checkout. */
export function exampleCache(language: string): string {
  return cacheFolder(join("clients", "examples", language.toLowerCase().replaceAll("+", "p")));
}
