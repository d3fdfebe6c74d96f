/** Go: grpc-go, stubs by `go generate` (buf with the plugins that go.mod names as tools). */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Language } from "../kit/language.ts";
import { EXAMPLES } from "../kit/language.ts";

const run = promisify(execFile);
const EXAMPLE = join(EXAMPLES, "go");

/** See the file header. */
export const go: Language = {
  name: "Go",
  needs: [["go", "version"]],
  prepare: async (folder) => {
    const program = join(folder, "app");
    await run("go", ["generate", "./..."], { cwd: EXAMPLE });
    await run("go", ["vet", "./..."], { cwd: EXAMPLE });
    await run("go", ["build", "-o", program, "."], { cwd: EXAMPLE });
    return [program];
  },
};
