/**
 * Finds the Kubernetes binaries for tests: KUBEBUILDER_ASSETS if set (controller-runtime's convention), else what
 * `npm run kube:build` left in the user cache. Tests that need them and find none are skipped by name.
 */
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { kubeCacheFolder, SERVER_BINARIES } from "../../kube/versions.ts";
import type { KubeBinary } from "../../kube/versions.ts";

/** How to get the binaries; printed once if tests are skipped without them. */
export const HOW_TO_GET_KUBE =
  "Tests against a real kube-apiserver are skipped: run `npm run kube:build` once (7 to 9 minutes, needs Go), or set KUBEBUILDER_ASSETS.";

/** The folder with etcd, kube-apiserver and kubectl, or undefined if there is none. */
export function findKubeAssets(
  env: NodeJS.ProcessEnv = process.env,
  wanted: readonly KubeBinary[] = SERVER_BINARIES,
): string | undefined {
  const given = env["KUBEBUILDER_ASSETS"];
  const folder = given === undefined || given === "" ? kubeCacheFolder(env) : given;
  return wanted.every((binary) => isExecutable(join(folder, binary))) ? folder : undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
