/**
 * Asks the API server whether podkey may do what it needs, scope by scope, before anything is tried. Loaded only with
 * `--source kubernetes`.
 */
import type { SidecarConfig } from "../../config/sidecar-config.ts";
import type { Clock, Timers } from "../../core/clock.ts";
import { EXIT } from "../../exit-code.ts";
import { NO_KUBE_METRICS } from "../../source/kubernetes/kube-metrics.ts";
import { openApiClient } from "../../source/kubernetes/open-api-client.ts";
import { diagnose } from "../../source/kubernetes/preflight.ts";
import type { Log } from "../../telemetry/events.ts";
import { SyncError } from "../../sync/sync-error.ts";
import { findTarget } from "../open-kubernetes.ts";
import type { Finding } from "./finding.ts";

/** What the questions are asked with. */
export interface PermissionDeps {
  readonly config: SidecarConfig;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
}

/** A finding for each scope. @throws TargetError where no API server is configured. */
export async function checkPermissions(deps: PermissionDeps): Promise<readonly Finding[]> {
  const { target, plans } = await findTarget(deps);
  const client = openApiClient({
    ...deps,
    target,
    metrics: NO_KUBE_METRICS,
    qps: deps.config.apiQps,
    burst: deps.config.apiBurst,
  });
  try {
    const where: Finding = {
      subject: "api server",
      level: "ok",
      text: `${target.server.href} (${target.kind}).`,
    };
    const findings: Finding[] = [where];
    for (const { scope } of plans) findings.push(await checkScope(() => diagnose(client, scope)));
    return findings;
  } finally {
    client.close();
  }
}

async function checkScope(ask: () => ReturnType<typeof diagnose>): Promise<Finding> {
  const subject = "permission";
  try {
    const { missing, sentence } = await ask();
    if (missing.length === 0) return { subject, level: "ok", text: sentence };
    return { subject, level: "fail", exitCode: EXIT.noPermission, text: sentence };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    const isDenied = error.kind === "unauthorized" || error.kind === "forbidden";
    return {
      subject,
      level: "fail",
      exitCode: isDenied ? EXIT.noPermission : EXIT.unavailable,
      text: error.message,
    };
  }
}
