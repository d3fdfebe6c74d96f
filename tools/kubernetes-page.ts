/**
 * `node tools/kubernetes-page.ts`: writes what kubectl renders into docs/kubernetes.md and deploy/examples/plain. It is not
 * part of `npm run docs` because it needs kubectl (or the program in KUBECTL).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { plainManifest, withDiffs } from "./docs/kustomize-diff.ts";

const ROOT = join(import.meta.dirname, "..");
const PAGE = join(ROOT, "docs", "kubernetes.md");
const kubectl = process.env["KUBECTL"] ?? "kubectl";

writeFileSync(PAGE, withDiffs(readFileSync(PAGE, "utf8"), kubectl));
writeFileSync(join(ROOT, "deploy/examples/plain/deployment.yaml"), plainManifest(kubectl));
