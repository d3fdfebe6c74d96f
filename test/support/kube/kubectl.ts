/** Runs kubectl as admin of a test's API server, for commands that users type. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { findKubeAssets } from "./assets.ts";
import type { KubeApiServer } from "./kube-api-server.ts";

const run = promisify(execFile);

/** The output of kubectl. */
export interface KubectlOutput {
  readonly stdout: string;
  /** Includes the warnings of the API server. */
  readonly stderr: string;
}

/** Runs kubectl to its end. @throws the error of execFile, with stdout and stderr. */
export function kubectl(server: KubeApiServer, ...args: readonly string[]): Promise<KubectlOutput> {
  const admin = server.writeKubeconfig("admin.kubeconfig", { kind: "certificate", pair: server.pki.admin });
  return run(join(findKubeAssets() ?? "", "kubectl"), ["--kubeconfig", admin, ...args], {
    maxBuffer: 64 * 2 ** 20,
  });
}
