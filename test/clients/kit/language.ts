/**
 * What the tests need to run the example of a language: its tools, how to build it, how to start it. `languages/` has one file for
 * each language.
 */
import { join } from "node:path";
import { cacheFolder } from "../../support/cache-folder.ts";

/** A language with its example. */
export interface Language {
  /** The usual spelling: `Go`, `C++`. */
  readonly name: string;
  /** Installs what the project may install on the system; called before `needs` is checked. */
  readonly install?: () => void;
  /** Programs that must be on the PATH, each with an argument that makes it exit with 0. */
  readonly needs: readonly (readonly [tool: string, argument: string])[];
  /** Builds what is missing or old in `folder` (the language's folder in the user's cache). Returns the words that start it. */
  readonly prepare: (folder: string) => Promise<readonly string[]>;
}

/** `examples/clients/` of the checkout. */
export const EXAMPLES = join(import.meta.dirname, "..", "..", "..", "examples", "clients");

/** The language's folder in the user's cache, outside the checkout. */
export function exampleCache(language: string): string {
  return cacheFolder(join("clients", "examples", language.toLowerCase().replaceAll("+", "p")));
}
