/**
 * The diff that docs/kubernetes.md shows: what one added line of a kustomization does to a Deployment, rendered by kubectl
 * from deploy/examples. `node tools/kubernetes-page.ts` writes it, and a test of the documentation compares.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const EXAMPLES = join(import.meta.dirname, "..", "..", "deploy", "examples");

/** The block of the page between its marker and its end. */
const BLOCK = /(<!-- diff: ([\w-]+) ([\w-]+) -->\n\n```diff\n)[^]*?(```\n)/g;

/** The page with every diff rendered anew; `kubectl` is the program to ask. */
export function withDiffs(page: string, kubectl: string): string {
  return page.replace(
    BLOCK,
    (_, open: string, before: string, after: string, close: string) =>
      open + renderDiff(kubectl, before, after) + close,
  );
}

function renderDiff(kubectl: string, before: string, after: string): string {
  const folder = mkdtempSync(join(tmpdir(), "podkey-diff-"));
  try {
    for (const name of [before, after]) {
      const text = execFileSync(kubectl, ["kustomize", join(EXAMPLES, name)], { encoding: "utf8" });
      writeFileSync(join(folder, `${name}.yaml`), text);
    }
    const args = ["diff", "--no-index", "--no-color", "-U3", `${before}.yaml`, `${after}.yaml`];
    const { stdout } = spawnSync("git", args, { cwd: folder, encoding: "utf8" });
    // From the first hunk on: the names above it are of a temporary folder.
    return stdout.slice(stdout.indexOf("@@")).replaceAll(/^(@@ .* @@).*$/gm, "$1");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
