/** After a 403: finds out what is missing and logs it once, with the command that shows the same. Never throws. */
import type { Scope } from "../../core/sync-event.ts";
import type { Log } from "../../telemetry/events.ts";
import type { ApiClient } from "./api-client.ts";
import { diagnose } from "./preflight.ts";

/** Called by kubernetes-source.ts, once in each time of trouble. */
export async function logDiagnosis(
  deps: { readonly client: ApiClient; readonly log: Log },
  scope: Scope,
): Promise<void> {
  try {
    const found = await diagnose(deps.client, scope);
    deps.log("kube_forbidden", {
      scope: scope.id,
      user: found.user,
      missing: found.missing.join(","),
      check: found.commands.join(" ; "),
      hint: found.sentence,
    });
  } catch (error) {
    // Even the review is refused or the server is away by now; the 403 itself is in the log already.
    deps.log("kube_forbidden", {
      scope: scope.id,
      hint: error instanceof Error ? error.message : "no diagnosis",
    });
  }
}
