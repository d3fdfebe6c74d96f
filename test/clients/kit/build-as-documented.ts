/**
 * Builds an example with the commands of its README.md, so that the tests run what a reader runs. The build happens in a copy in
 * the user's cache, with `proto/` at the same relative path: the checkout is not changed, and a second run builds only what is
 * newer. Used by the files in `languages/`.
 */
import { execFile } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { EXAMPLES } from "./language.ts";

const run = promisify(execFile);
const PROTO = join(EXAMPLES, "..", "..", "proto");

/** What builds leave in the checkout (.gitignore); a copy leaves it out. */
const BUILT = /\/(\.venv|build|target|__pycache__|python\/podkey)$/;

/** The `sh` block under a heading of a README. */
function commandsUnder(heading: string, readme: string): string {
  const [, section = ""] = readme.split(`\n## ${heading}\n`);
  const commands = /```sh\n([^]*?)```/.exec(section)?.[1];
  if (commands === undefined) throw new Error(`README.md has no sh block under "${heading}"`);
  return commands;
}

/**
 * @param name the folder under examples/clients/.
 * @param folder the folder of the copy; its content is kept between runs.
 * @returns the words that start the program: those of the README before `live db-main`, run in the folder of the example.
 * @throws what the failing command printed.
 */
export async function buildAsDocumented(name: string, folder: string): Promise<readonly string[]> {
  const copy = join(folder, "examples", "clients", name);
  cpSync(join(EXAMPLES, name), copy, {
    recursive: true,
    preserveTimestamps: true,
    filter: (path) => !BUILT.test(path),
  });
  cpSync(PROTO, join(folder, "proto"), { recursive: true, preserveTimestamps: true });
  return build(copy);
}

/**
 * The same in the checkout, for examples that use the libraries of `npm ci`. git ignores what it builds.
 * @param name the folder under examples/clients/.
 */
export function buildInCheckout(name: string): Promise<readonly string[]> {
  return build(join(EXAMPLES, name));
}

async function build(example: string): Promise<readonly string[]> {
  const readme = readFileSync(join(example, "README.md"), "utf8");
  await run("sh", ["-eu", "-c", commandsUnder("Build", readme)], { cwd: example });
  const start = /^(.+) live db-main$/m.exec(commandsUnder("Run", readme))?.[1];
  if (start === undefined) throw new Error(`${example}/README.md does not show how to start it`);
  return ["env", "-C", example, ...start.split(" ")];
}
