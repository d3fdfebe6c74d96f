/** Go: grpc-go, stubs by `go generate` (buf with the plugins that go.mod names as tools). */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { buildInCheckout } from "../kit/build-as-documented.ts";
import type { Language } from "../kit/language.ts";
import { EXAMPLES } from "../kit/language.ts";

const run = promisify(execFile);

/** See the file header. */
export const go: Language = {
  name: "Go",
  needs: [["go", "version"]],
  prepare: async () => {
    const words = await buildInCheckout("go");
    await run("go", ["vet", "./..."], { cwd: join(EXAMPLES, "go") });
    return words;
  },
};
