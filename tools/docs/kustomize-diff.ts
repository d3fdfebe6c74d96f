/**
 * What kubectl renders from deploy/examples: the diffs in docs/kubernetes.md, and the plain manifest for users without
 * kustomize. `node tools/kubernetes-page.ts` writes both; a test of the documentation compares them.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const EXAMPLES = join(import.meta.dirname, "..", "..", "deploy", "examples");

/** A block of the page, from its marker to its end. */
const BLOCK = /(<!-- diff: ([\w-]+) ([\w-]+) -->\n\n```diff\n)[^]*?(```\n)/g;

/** The page with every diff rendered again by the program `kubectl`. */
export function withDiffs(page: string, kubectl: string): string {
  return page.replace(
    BLOCK,
    (_, open: string, before: string, after: string, close: string) =>
      open + renderDiff(kubectl, before, after) + close,
  );
}

/** deploy/examples/plain/deployment.yaml: the example with podkey, to be copied by hand. */
export function plainManifest(kubectl: string): string {
  const head = `# The example of docs/kubernetes.md with podkey, for tools without kustomize and injection: copy the lines that the diff of the
# page adds. Rendered from deploy/examples/app-with-podkey by \`node tools/kubernetes-page.ts\`.
`;
  return head + render(kubectl, "app-with-podkey");
}

function render(kubectl: string, example: string): string {
  return execFileSync(kubectl, ["kustomize", join(EXAMPLES, example)], { encoding: "utf8" });
}

function renderDiff(kubectl: string, before: string, after: string): string {
  const folder = mkdtempSync(join(tmpdir(), "podkey-diff-"));
  try {
    for (const name of [before, after]) {
      writeFileSync(join(folder, `${name}.yaml`), render(kubectl, name));
    }
    const args = ["diff", "--no-index", "--no-color", "-U3", `${before}.yaml`, `${after}.yaml`];
    const { stdout } = spawnSync("git", args, { cwd: folder, encoding: "utf8" });
    // The lines above the first hunk name temporary files.
    return stdout.slice(stdout.indexOf("@@")).replaceAll(/^(@@ .* @@).*$/gm, "$1");
  } finally {
    rmSync(folder, { recursive: true });
  }
}
