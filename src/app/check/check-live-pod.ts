/**
 * `podkey check --pod`: reads a pod with the operator's kubeconfig and checks it. Listeners and source are not checked, because
 * podkey does not run on the operator's machine.
 */
import { readObject } from "../../source/kubernetes/api/read-object.ts";
import { SyncError } from "../../sync/port/sync-error.ts";
import { checkPod } from "./check-pod.ts";
import type { Finding } from "./finding.ts";
import { findPods } from "./pod-spec.ts";
import { syncErrorFinding } from "./sync-error-finding.ts";
import type { ApiQuestionDeps } from "./with-api-client.ts";
import { withApiClient } from "./with-api-client.ts";

/** Checks a pod of the cluster. @throws TargetError if no API server is configured. */
export async function checkLivePod(deps: ApiQuestionDeps, name: string): Promise<readonly Finding[]> {
  return withApiClient(deps, async (client) => {
    const namespace = deps.config.namespace[0] ?? client.target.namespace;
    const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(name)}`;
    try {
      const { object } = await readObject(client, path, `read pod ${namespace}/${name}`);
      return findPods(object).flatMap((pod) => checkPod(pod, "api-server"));
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      return [syncErrorFinding(`Pod ${name}`, error)];
    }
  });
}
