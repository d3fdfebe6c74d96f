/** Plays a row against podkey's own reader and client, in this process. */
import { systemClock, systemTimers } from "../../../src/app/process/system-clock.ts";
import { openApiClient } from "../../../src/source/kubernetes/api/open-api-client.ts";
import { readObject } from "../../../src/source/kubernetes/api/read-object.ts";
import { KUBE_PARAMETERS } from "../../../src/source/kubernetes/target/parameters.ts";
import { resolveTarget } from "../../../src/source/kubernetes/target/target.ts";
import { NO_KUBE_METRICS } from "../../../src/source/kubernetes/transport/kube-metrics.ts";
import type { KubeconfigCase } from "./kubeconfig-case.ts";
import type { KubeconfigLab } from "./kubeconfig-lab.ts";
import type { Outcome } from "./outcome.ts";
import { takeOutcome } from "./outcome.ts";

/** Resolves the target and sends one request, as `kubectl get --raw /version`. */
export async function playPodkey(lab: KubeconfigLab, row: KubeconfigCase): Promise<Outcome> {
  const folder = lab.write(row.files(lab.facts));
  const place = (text: string): string => text.replaceAll("FOLDER", folder);
  const env = row.env ?? { KUBECONFIG: "FOLDER/config" };
  const placed = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, place(value)]));
  const common = {
    clock: systemClock,
    timers: systemTimers,
    parameters: KUBE_PARAMETERS,
    log: () => undefined,
  };
  let refused: string | undefined;
  try {
    const target = await resolveTarget({
      ...common,
      env: { PATH: process.env["PATH"], HOME: folder, ...placed },
      kubeconfig: row.kubeconfig && place(row.kubeconfig),
      context: row.context,
      serviceAccountDir: folder,
    });
    const client = openApiClient({
      ...common,
      target,
      metrics: NO_KUBE_METRICS,
      qps: 0,
      burst: 1,
      version: "test",
    });
    try {
      await readObject(client, "/version", "read the version");
    } finally {
      client.close();
    }
  } catch (error) {
    refused = error instanceof Error ? error.message : String(error);
  }
  return takeOutcome(lab, folder, refused);
}
