/**
 * Checks what the e2e tier needs: root, Debian's container packages, the Kubernetes binaries. It installs the packages
 * and reports it; for anything else that is missing it returns one sentence.
 */
import { spawnSync } from "node:child_process";
import { accessSync } from "node:fs";
import { join } from "node:path";
import { findKubeAssets } from "../support/kube/assets.ts";
import { NODE_BINARIES, SERVER_BINARIES } from "../kube/versions.ts";
import { runCommand } from "../support/run-command.ts";

const PACKAGES = {
  containerd: "/usr/bin/containerd",
  runc: "/usr/sbin/runc",
  "containernetworking-plugins": "/usr/lib/cni/bridge",
  iptables: "/usr/sbin/iptables",
  buildah: "/usr/bin/buildah",
} as const;

/** Why this machine cannot run the tier, in one sentence; undefined if it can. */
export function whyImpossible(): string | undefined {
  if (process.platform !== "linux") return "the e2e tier runs a kubelet, which needs Linux.";
  if (process.getuid?.() !== 0)
    return "the e2e tier starts a kubelet and containerd, so it needs root; run it as root on a machine of its own.";
  const missing = Object.values(PACKAGES).some((path) => !exists(path));
  if (missing && !exists("/usr/bin/apt-get"))
    return `it needs ${Object.keys(PACKAGES).join(", ")}; some are missing, and there is no apt-get to install them.`;
  return undefined;
}

/** Installs and builds what is missing; returns the folder of the binaries. @throws Error with one sentence. */
export async function preflight(print: (line: string) => void): Promise<string> {
  const missing = Object.entries(PACKAGES).flatMap(([name, path]) => (exists(path) ? [] : [name]));
  if (missing.length > 0) {
    print(`installing Debian packages: ${missing.join(" ")}`);
    await runCommand("apt-get", ["update", "-qq"]);
    const install = ["install", "-y", "-qq", "--no-install-recommends", ...missing];
    await runCommand("apt-get", install, { DEBIAN_FRONTEND: "noninteractive" });
  }
  const wanted = [...SERVER_BINARIES, ...NODE_BINARIES];
  if (findKubeAssets(process.env, wanted) === undefined) {
    print("building kubelet, controller manager and scheduler (npm run kube:build -- --node)");
    // Takes minutes the first time, so its progress is shown.
    spawnSync(process.execPath, [join(import.meta.dirname, "..", "kube", "build.ts"), "--node"], {
      stdio: "inherit",
    });
  }
  const assets = findKubeAssets(process.env, wanted);
  if (assets === undefined)
    throw new Error(
      "KUBEBUILDER_ASSETS has no kubelet, kube-controller-manager and kube-scheduler; unset it to use built ones.",
    );
  return assets;
}

function exists(path: string): boolean {
  try {
    accessSync(path);
    return true;
  } catch {
    return false;
  }
}
