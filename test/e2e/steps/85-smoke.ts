/** Step 85: .github/kind-smoke.sh, which CI runs in kind clusters of each supported Kubernetes, on this node. */
import { dirname, join } from "node:path";
import type { Step } from "../bench.ts";
import { up } from "../bench.ts";
import { IMAGES } from "../images.ts";
import { runCommand } from "../../support/run-command.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");

/** The image of the manifests, with containerd's full name. */
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
