/**
 * Step 85: the script that CI runs in kind clusters of each supported Kubernetes, here on our own node: a script that is
 * only ever run elsewhere is a script that does not work.
 */
import { dirname, join } from "node:path";
import type { Step } from "../bench.ts";
import { up } from "../bench.ts";
import { IMAGES } from "../images.ts";
import { runCommand } from "../../support/run-command.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");

/** What the manifests name, in containerd's words. */
const SHIPPED_IMAGE = "docker.io/library/podkey:0.1.0";

/** See the file comment. */
export const SMOKE: Step = {
  number: "85",
  name: "the smoke script of CI: a Job by kustomize and a Job by the label read a credential and complete",
  async run(bench) {
    const node = up(bench);
    await node.ctr("images", "tag", "--force", IMAGES.podkey, SHIPPED_IMAGE);
    const env = {
      KUBECONFIG: node.adminKubeconfig(),
      PATH: `${dirname(node.kubectlPath)}:${process.env["PATH"] ?? ""}`,
    };
    for (const way of ["kustomize", "injection"])
      await runCommand("/bin/sh", [join(ROOT, ".github/kind-smoke.sh"), way], env, ROOT);
  },
};
