/**
 * Checks an example in TypeScript with our types and lint rules. `npm run check` cannot, because the types have to be built
 * first. Used by the files in `languages/`.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { EXAMPLES } from "./language.ts";

const run = promisify(execFile);
const BIN = join(EXAMPLES, "..", "..", "node_modules", ".bin");

/** @throws what tsc or eslint printed. */
export async function checkTypeScript(name: string): Promise<void> {
  for (const [tool, ...args] of [
    ["tsc", "-p", "."],
    ["eslint", "--no-ignore", "*.ts"],
  ] as const)
    await run(join(BIN, tool), args, { cwd: join(EXAMPLES, name) }).catch((error: unknown) => {
      throw new Error((error as { readonly stdout: string }).stdout, { cause: error });
    });
}
