/** Node: grpc-js and proto-loader, types by proto-loader-gen-types. Also holds the example to our types and lint rules. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Language } from "../kit/language.ts";
import { EXAMPLES } from "../kit/language.ts";

const run = promisify(execFile);
const EXAMPLE = join(EXAMPLES, "node");
const BIN = join(EXAMPLES, "..", "..", "node_modules", ".bin");

/** See the file header. */
export const node: Language = {
  name: "Node",
  needs: [[process.execPath, "--version"]],
  prepare: async () => {
    await run("npm", ["run", "--silent", "generate"], { cwd: EXAMPLE });
    await run(join(BIN, "tsc"), ["-p", "."], { cwd: EXAMPLE });
    await run(join(BIN, "eslint"), ["--no-ignore", "*.ts"], { cwd: EXAMPLE });
    return [process.execPath, join(EXAMPLE, "main.ts")];
  },
};
