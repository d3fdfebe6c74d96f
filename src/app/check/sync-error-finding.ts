/** A failed question to the API server as a line of `podkey check`, with the exit code of its kind. */
import { EXIT } from "../../exit-code.ts";
import type { SyncError } from "../../sync/port/sync-error.ts";
import type { Finding } from "./finding.ts";

/** 401 and 403 are a matter of rights, 404 of a name; everything else of reach. */
export function syncErrorFinding(subject: string, error: SyncError): Finding {
  const isDenied = error.kind === "unauthorized" || error.kind === "forbidden";
  const otherwise = error.httpStatus === 404 ? EXIT.notFound : EXIT.unavailable;
  return { subject, level: "fail", exitCode: isDenied ? EXIT.noPermission : otherwise, text: error.message };
}
