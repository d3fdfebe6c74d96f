/**
 * After a 403: finds out what is missing and logs it, with the command that shows the same. The first forbidden scope
 * is diagnosed at once; those that follow are gathered and told of together, by a diagnosis of one of them, so that a
 * thousand forbidden names cost a handful of reviews and log lines, not thousands.
 */
import type { Timers } from "../../../core/time/clock.ts";
import type { Scope } from "../../../core/snapshot/sync-event.ts";
import type { Log } from "../../../log/events.ts";
import type { ApiClient } from "../api/api-client.ts";
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
  readonly timers: Timers;
  readonly log: Log;
}

/** Distance between two diagnoses, in ms: long enough to gather what one revoked Role does to a hundred names. */
const GATHER_MS = 10_000;

/** So many of the gathered scopes are named in the log; the others are counted. */
const NAMED_SCOPES = 10;

/** Idle at first. */
export function createDiagnoser(deps: DiagnoserDeps): Diagnoser {
  const waiting = new Map<Scope["id"], Scope>();
  let isBusy = false;
  let stopped = false;
  const isStopped = (): boolean => stopped;
  let cancel: () => void = () => undefined;

  async function next(): Promise<void> {
    const [scope, ...others] = waiting.values();
    isBusy = scope !== undefined && !isStopped();
    if (scope === undefined || isStopped()) return;
    waiting.clear();
    const found = await readFields(deps.client, scope);
    if (isStopped()) return;
    deps.log("kube_forbidden", { scope: scope.id, ...found, ...tellOthers(others) });
    cancel = deps.timers.after(GATHER_MS, () => void next());
  }

  return {
    diagnose(scope) {
      if (isStopped()) return;
      waiting.set(scope.id, scope);
      if (!isBusy) void next();
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}

function tellOthers(others: readonly Scope[]): Readonly<Record<string, string | number>> {
  if (others.length === 0) return {};
  const names = others.slice(0, NAMED_SCOPES).map(({ id }) => id);
  return { otherScopes: others.length, others: names.join(",") };
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
