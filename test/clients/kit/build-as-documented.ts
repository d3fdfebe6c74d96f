/**
 * Builds an example by the commands of its README.md, word for word, so that a reader's first five minutes are what is
 * tested. It happens on a copy in the user's cache with `proto/` in the same place beside it: the checkout stays as it is,
 * and a second run builds only what is newer. Used by the files under `languages/`.
 */
import { execFile } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { EXAMPLES } from "./language.ts";

const run = promisify(execFile);
const PROTO = join(EXAMPLES, "..", "..", "proto");

/** What builds leave in the checkout (.gitignore), and a copy must not take over. */
const BUILT = /\/(\.venv|build|target|__pycache__|python\/podkey)$/;

/** The `sh` block under a heading of a README. */
function commandsUnder(heading: string, readme: string): string {
  const [, section = ""] = readme.split(`\n## ${heading}\n`);
  const commands = /```sh\n([^]*?)```/.exec(section)?.[1];
  if (commands === undefined) throw new Error(`there is no sh block under "${heading}"`);
  return commands;
}

/**
 * @param name the folder under examples/clients/.
 * @param folder where the copy goes; its content is kept between runs.
 * @returns the words that start the program: the README's own, before `live db-main`, from the folder of the example.
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
 * The same in the checkout itself, for what uses the libraries that `npm ci` brought. What it builds is ignored by git.
 * @param name the folder under examples/clients/.
 */
export function buildInCheckout(name: string): Promise<readonly string[]> {
  return build(join(EXAMPLES, name));
}

async function build(example: string): Promise<readonly string[]> {
  const readme = readFileSync(join(example, "README.md"), "utf8");
  await run("sh", ["-eu", "-c", commandsUnder("Build", readme)], { cwd: example });
  const start = /^(.+) live db-main$/m.exec(commandsUnder("Run", readme))?.[1];
  if (start === undefined) throw new Error(`${example}/README.md does not say how to start it`);
  return ["env", "-C", example, ...start.split(" ")];
}
