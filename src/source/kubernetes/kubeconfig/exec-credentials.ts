/**
 * The credentials of an exec plugin, cached until they expire or are refused. Unlike the files of a kubeconfig, expired
 * ones are never used again: the error then is the plugin's own. Used by kubeconfig-credentials.ts.
 */
import type { Clock } from "../../../core/time/clock.ts";
import type { ExecCredential } from "./exec-credential.ts";

/** See the file comment. */
export interface ExecCredentials {
  /** Runs the plugin if there are no valid credentials. Rejects with its SyncError. */
  current(): Promise<ExecCredential>;
  /** Runs the plugin. True if the credentials changed. Rejects with its SyncError. */
  renew(): Promise<boolean>;
}

/** The plugin is not started again within this time after a failure, in ms: many scopes ask for it at once. */
const FAILURE_PAUSE_MS = 5_000;
/** The same after a success: other requests were refused with the same credentials. */
const SUCCESS_PAUSE_MS = 1_000;

/** Runs nothing before the first call. */
export function createExecCredentials(deps: {
  readonly clock: Clock;
  readonly run: () => Promise<ExecCredential>;
}): ExecCredentials {
  const { clock } = deps;
  let held: { readonly credential: ExecCredential; readonly atMs: number } | undefined;
  let failure: { readonly error: unknown; readonly atMs: number } | undefined;
  let running: Promise<ExecCredential> | undefined;

  async function runNow(): Promise<ExecCredential> {
    if (failure !== undefined && clock.nowMs() - failure.atMs < FAILURE_PAUSE_MS) throw failure.error;
    try {
      const credential = await deps.run();
      held = { credential, atMs: clock.nowMs() };
      failure = undefined;
      return credential;
    } catch (error) {
      failure = { error, atMs: clock.nowMs() };
      throw error;
    }
  }

  function run(): Promise<ExecCredential> {
    running ??= runNow().finally(() => {
      running = undefined;
    });
    return running;
  }

  const isExpired = ({ expiresAtWallMs }: ExecCredential): boolean =>
    expiresAtWallMs !== undefined && clock.wallMs() >= expiresAtWallMs;

  return {
    current: async () => (held === undefined || isExpired(held.credential) ? run() : held.credential),
    async renew() {
      const before = held;
      if (before !== undefined && clock.nowMs() - before.atMs < SUCCESS_PAUSE_MS) return false;
      const now = await run();
      return JSON.stringify(before?.credential) !== JSON.stringify(now);
    },
  };
}
