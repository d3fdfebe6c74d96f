/**
 * After a 403: finds the missing rights and logs them, with the command that checks the same. The first forbidden scope
 * is diagnosed at once. Later ones are collected for 10 s, and one of them is diagnosed for all, so that a thousand
 * forbidden names cost a few reviews and log lines.
 */
import type { Timers } from "../../../core/time/clock.ts";
import type { Scope } from "../../../core/snapshot/sync-event.ts";
import type { Log } from "../../../log/events.ts";
import type { ApiClient } from "../api/api-client.ts";
import { diagnose } from "./preflight.ts";

/** Diagnoses in the background. */
export interface Diagnoser {
  /** Called once for each outage of a scope. Returns at once and never throws. */
  diagnose(scope: Scope): void;
  /** Sends and logs nothing more. */
  stop(): void;
}

export interface DiagnoserDeps {
  readonly client: ApiClient;
  readonly timers: Timers;
  readonly log: Log;
}

/** Time between two diagnoses, in ms: long enough to collect the effect of one revoked Role on a hundred names. */
const GATHER_MS = 10_000;

/** How many of the collected scopes the log names; the others are counted. */
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
    deps.log("kube_forbidden", { scope: scope.id, ...found, ...summarize(others) });
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

function summarize(others: readonly Scope[]): Readonly<Record<string, string | number>> {
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
    const { user, missing, commands, grant, sentence } = found;
    return { user, missing: missing.join(","), check: commands.join(" ; "), grant, hint: sentence };
  } catch (error) {
    // The reviews failed too. The log already has the 403 itself.
    return {
      hint: error instanceof Error ? error.message : "The API server did not report which right is missing.",
    };
  }
}
