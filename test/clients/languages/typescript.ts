/** TypeScript with podkey/client, built as `npm pack` builds it. Also holds the example to our types and lint rules. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildClient } from "../../../tools/build-client.ts";
import type { Language } from "../kit/language.ts";
import { EXAMPLES } from "../kit/language.ts";

const run = promisify(execFile);
const EXAMPLE = join(EXAMPLES, "typescript");
const BIN = join(EXAMPLES, "..", "..", "node_modules", ".bin");

/** See the file header. */
export const typescript: Language = {
  name: "TypeScript",
  needs: [[process.execPath, "--version"]],
  prepare: async () => {
    await buildClient();
    await run(join(BIN, "tsc"), ["-p", "."], { cwd: EXAMPLE });
    await run(join(BIN, "eslint"), ["--no-ignore", "."], { cwd: EXAMPLE });
    return [process.execPath, join(EXAMPLE, "main.ts")];
  },
};
