/**
 * After a 403: finds out what is missing and logs it, with the command that shows the same. One scope after the other,
 * so that a hundred forbidden names do not use up the request limit of the scopes that are well.
 */
import type { Scope } from "../../core/sync-event.ts";
import type { Log } from "../../telemetry/events.ts";
import type { ApiClient } from "./api-client.ts";
import { diagnose } from "./preflight.ts";

/** Diagnoses in the background. */
export interface Diagnoser {
  /** Called once in each time of trouble of a scope. Returns at once and never throws. */
  diagnose(scope: Scope): void;
  /** Nothing is asked or logged any more. */
  stop(): void;
}

/** What it works with. */
export interface DiagnoserDeps {
  readonly client: ApiClient;
  readonly log: Log;
}

/** Idle at first. */
export function createDiagnoser(deps: DiagnoserDeps): Diagnoser {
  let queue = Promise.resolve();
  let stopped = false;
  const isStopped = (): boolean => stopped;
  return {
    diagnose(scope) {
      queue = queue.then(async () => {
        if (isStopped()) return;
        const fields = await readFields(deps.client, scope);
        if (!isStopped()) deps.log("kube_forbidden", { scope: scope.id, ...fields });
      });
    },
    stop() {
      stopped = true;
    },
  };
}

async function readFields(
  client: ApiClient,
  scope: Scope,
): Promise<Readonly<Record<string, string | undefined>>> {
  try {
    const found = await diagnose(client, scope);
    const { user, missing, commands, sentence } = found;
    return { user, missing: missing.join(","), check: commands.join(" ; "), hint: sentence };
  } catch (error) {
    // The reviews are refused too, or the server is away by now; the 403 itself is in the log already.
    return { hint: error instanceof Error ? error.message : "The API server did not say what is missing." };
  }
}
