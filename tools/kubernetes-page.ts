/**
 * `node tools/kubernetes-page.ts`: writes the rendered diffs into docs/kubernetes.md. Apart from `npm run docs`, because it
 * asks kubectl, which a machine may not have.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withDiffs } from "./docs/kustomize-diff.ts";

const PAGE = join(import.meta.dirname, "..", "docs", "kubernetes.md");

writeFileSync(PAGE, withDiffs(readFileSync(PAGE, "utf8"), process.env["KUBECTL"] ?? "kubectl"));
