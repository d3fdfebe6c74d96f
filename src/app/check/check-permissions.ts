/**
 * Checks the version and the clock of the API server, and podkey's permissions for each scope. Loaded only with `--source
 * kubernetes`.
 */
import type { Clock } from "../../core/time/clock.ts";
import { EXIT } from "../../exit-code.ts";
import type { ApiClient } from "../../source/kubernetes/api/api-client.ts";
import { asRecord } from "../../source/content/record.ts";
import { asText } from "../../source/kubernetes/failure/parse-json.ts";
import { diagnose } from "../../source/kubernetes/diagnose/preflight.ts";
import { readObject } from "../../source/kubernetes/api/read-object.ts";
import { SyncError } from "../../sync/port/sync-error.ts";
import type { Finding } from "./finding.ts";
import { syncErrorFinding } from "./sync-error-finding.ts";
import type { ApiQuestionDeps } from "./with-api-client.ts";
import { withApiClient } from "./with-api-client.ts";

/** Checks the server and each scope. @throws TargetError if no API server is configured. */
export async function checkPermissions(deps: ApiQuestionDeps): Promise<readonly Finding[]> {
  return withApiClient(deps, async (client, plans) => {
    const findings: Finding[] = [...(await checkServer(client, deps.clock))];
    for (const { scope } of plans) findings.push(await checkScope(() => diagnose(client, scope)));
    return findings;
  });
}

/** A difference of about a minute makes tokens and certificates invalid. */
const SKEW_LIMIT_MS = 30_000;

async function checkServer(client: ApiClient, clock: Clock): Promise<readonly Finding[]> {
  const subject = "api server";
  const { server, kind } = client.target;
  try {
    const { object, serverWallMs } = await readObject(client, "/version", "read its version");
    const version = asText(asRecord(object)?.["gitVersion"]) ?? "(unknown version)";
    const findings: Finding[] = [
      { subject, level: "ok", text: `${server.href} (${kind}) is Kubernetes ${version}.` },
    ];
    const skewMs = serverWallMs === undefined ? 0 : clock.wallMs() - serverWallMs;
    if (Math.abs(skewMs) > SKEW_LIMIT_MS) {
      const seconds = String(Math.round(Math.abs(skewMs) / 1000));
      const text = `podkey's clock is ${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} the API server's, so tokens and certificates may be rejected and expiries are reported wrongly; synchronise the clocks (chrony, systemd-timesyncd).`;
      findings.push({ subject: "clock", level: "warn", text });
    }
    return findings;
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    // Some clusters deny /version to service accounts; podkey does not need it.
    if (error.kind === "forbidden") return [{ subject, level: "ok", text: `${server.href} (${kind}).` }];
    return [syncErrorFinding(subject, error)];
  }
}

async function checkScope(ask: () => ReturnType<typeof diagnose>): Promise<Finding> {
  const subject = "permission";
  try {
    const { missing, sentence, grant } = await ask();
    if (missing.length === 0) return { subject, level: "ok", text: sentence };
    return {
      subject,
      level: "fail",
      exitCode: EXIT.noPermission,
      text: `${sentence} Grant it with: ${grant}`,
    };
  } catch (error) {
    if (!(error instanceof SyncError)) throw error;
    return syncErrorFinding(subject, error);
  }
}
