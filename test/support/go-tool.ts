/**
 * Go programs at pinned versions, built once into the user's cache with `go install`: helm and actionlint for the deploy tier. Not for
 * `npm test`, which installs nothing.
 */
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { cacheFolder } from "./cache-folder.ts";
import { runCommand } from "./run-command.ts";

/** The programs, by package path. */
export const GO_TOOLS = {
  helm: "helm.sh/helm/v3/cmd/helm@v3.22.0",
  actionlint: "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12",
} as const;

/** Path of the program; built the first time (helm: two minutes). @throws Error without Go. */
export async function goTool(name: keyof typeof GO_TOOLS): Promise<string> {
  const wanted = GO_TOOLS[name];
  const [path = "", version = ""] = wanted.split("@");
  const folder = cacheFolder(join("bin", `${name}-${version}`));
  const program = join(folder, basename(path));
  if (!existsSync(program)) {
    process.stderr.write(`building ${wanted} once\n`);
    await runCommand("go", ["install", wanted], { GOBIN: folder, GOTOOLCHAIN: "local" });
  }
  return program;
}
