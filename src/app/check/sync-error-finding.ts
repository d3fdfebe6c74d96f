/** Converts a failed request to the API server into a finding with its exit code. */
import { EXIT } from "../../exit-code.ts";
import type { SyncError } from "../../sync/port/sync-error.ts";
import type { Finding } from "./finding.ts";

/** Exit code: no permission for 401 and 403, not found for 404, otherwise unavailable. */
export function syncErrorFinding(subject: string, error: SyncError): Finding {
  const isDenied = error.kind === "unauthorized" || error.kind === "forbidden";
  const otherwise = error.httpStatus === 404 ? EXIT.notFound : EXIT.unavailable;
  return { subject, level: "fail", exitCode: isDenied ? EXIT.noPermission : otherwise, text: error.message };
}
