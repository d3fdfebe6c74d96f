/**
 * The start: the first sync of every scope, and all of `--require`. Reports in one sentence what is missing (in the log,
 * /startupz and the termination message), and ends the start after `--first-sync-timeout`. A completed start stays completed,
 * even if a required credential is removed later.
 */
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { StaleReason } from "../../core/time/freshness.ts";
import type { Log } from "../../log/events.ts";

/** Who podkey is at the API server, and what it lacks there. */
export interface ApiAccess {
  readonly server: string;
  readonly kind: "in-cluster" | "kubeconfig";
  /** The user that the API server reported, else the identity in words. */
  readonly user: () => string;
  /** The kubectl commands that grant what is missing; undefined while unknown. */
  readonly grant: () => string | undefined;
}

export interface StartupDeps {
  readonly timers: Timers;
  readonly clock: Clock;
  readonly log: Log;
  /** `--first-sync-timeout`; 0: no limit. */
  readonly timeoutMs: number;
  readonly isSynced: () => boolean;
  /** Why the source is not synced yet. */
  readonly staleReason: () => StaleReason | undefined;
  /** Undefined for folders. */
  readonly access: ApiAccess | undefined;
  /** The entries of `--require` that no credential matches, as the user wrote them. */
  readonly missing: () => readonly string[];
  /** Writes the termination message that the kubelet shows; an empty text clears it. */
  readonly writeTermination: (reason: string) => void;
}

/** How the start ended. */
export type StartupEnd =
  | { readonly kind: "started" }
  /** `denied`: the API server answered 401 or 403 to the end. */
  | { readonly kind: "timeout"; readonly reason: string; readonly denied: boolean };

/** A start that takes longer is logged. */
const PATIENCE_MS = 10_000;
/** Then the reason is checked this often, and logged again if it has changed. */
const REPEAT_MS = 10_000;

const WHY: Readonly<Record<StaleReason, string>> = {
  STARTING: "the source has not been listed yet",
  UNREACHABLE: "the API server cannot be reached; check NetworkPolicy, DNS and the server's address",
  DEAD_CONNECTION: "the connection to the API server is dead",
  SILENT: "the API server sends no data",
  THROTTLED: "the API server throttles podkey (429)",
  FORBIDDEN: "the API server denies list and watch of Secrets (403)",
  UNAUTHORIZED: "the API server does not accept podkey's credentials (401)",
  LIMIT: "the source exceeds --max-credentials or --max-bytes; raise them or narrow --selector",
  SOURCE_ERROR: "the source returns errors; see the log",
  CONFIGURATION: "the source does not support the configuration; see the log",
};

/** The start of one podkey. */
export class Startup {
  readonly #deps: StartupDeps;
  readonly #cancels: (() => void)[] = [];
  #end: StartupEnd | undefined;
  #reported = "";
  #reason: StaleReason | undefined;
  #reasonSinceMs = 0;
  readonly #ended: Promise<StartupEnd>;
  #resolve: (end: StartupEnd) => void = () => undefined;

  constructor(deps: StartupDeps) {
    this.#deps = deps;
    this.#ended = new Promise((resolve) => (this.#resolve = resolve));
    this.#cancels.push(deps.timers.after(PATIENCE_MS, () => this.#report()));
    if (deps.timeoutMs > 0) this.#cancels.push(deps.timers.after(deps.timeoutMs, () => this.#giveUp()));
  }

  /** Whether the start is complete. */
  get isStarted(): boolean {
    return this.#end?.kind === "started";
  }

  /** Resolves when the start is complete or has timed out. */
  ended(): Promise<StartupEnd> {
    return this.#ended;
  }

  /** Checks whether the start is complete; called after each change of the snapshot. */
  check(): void {
    if (this.#end !== undefined || this.waitsFor() !== undefined) return;
    if (this.#reported !== "") this.#deps.writeTermination("");
    this.#finish({ kind: "started" });
  }

  /** What is missing, in one sentence; undefined if nothing is. */
  waitsFor(): string | undefined {
    if (this.isStarted) return undefined;
    if (!this.#deps.isSynced()) {
      return `waiting for the first sync: ${this.#whyNotSynced()}`;
    }
    const missing = this.#deps.missing();
    if (missing.length === 0) return undefined;
    return `waiting for required credentials: none matches ${missing.join(", ")}; create and label them, or change --require`;
  }

  #whyNotSynced(): string {
    const { access, clock } = this.#deps;
    const reason = this.#deps.staleReason() ?? "STARTING";
    if (reason !== this.#reason) {
      this.#reason = reason;
      this.#reasonSinceMs = clock.wallMs();
    }
    const since = new Date(this.#reasonSinceMs).toISOString().slice(0, 19);
    return access === undefined ? WHY[reason] : (deniedText(reason, access, since) ?? WHY[reason]);
  }

  /** Stops the timers, when podkey stops. */
  cancel(): void {
    for (const cancel of this.#cancels.splice(0)) cancel();
  }

  #report(): void {
    const reason = this.waitsFor();
    if (this.#end !== undefined || reason === undefined) return;
    this.#cancels.push(this.#deps.timers.after(REPEAT_MS, () => this.#report()));
    if (reason === this.#reported) return;
    this.#reported = reason;
    this.#deps.log("app_waiting", { reason });
    this.#deps.writeTermination(`podkey is ${reason}.`);
  }

  #giveUp(): void {
    const reason = this.waitsFor();
    if (this.#end !== undefined || reason === undefined) return;
    this.#deps.log("app_first_sync_timeout", { reason, timeoutMs: this.#deps.timeoutMs });
    this.#deps.writeTermination(`podkey exited after --first-sync-timeout while ${reason}.`);
    const stale = this.#deps.isSynced() ? undefined : this.#deps.staleReason();
    this.#finish({ kind: "timeout", reason, denied: stale === "FORBIDDEN" || stale === "UNAUTHORIZED" });
  }

  #finish(end: StartupEnd): void {
    this.#end = end;
    this.cancel();
    this.#resolve(end);
  }
}

/** Who is denied what by which server, since when, and how to grant it; undefined for other reasons. */
function deniedText(reason: StaleReason, access: ApiAccess, since: string): string | undefined {
  if (reason === "FORBIDDEN") {
    const grant = access.grant();
    const remedy =
      grant === undefined
        ? "run `podkey check` for the commands that grant them"
        : `grant them with: ${grant}`;
    return `${access.server} denies list and watch of Secrets to ${access.user()} (403), since ${since}Z; ${remedy}`;
  }
  if (reason !== "UNAUTHORIZED") return undefined;
  const remedy =
    access.kind === "in-cluster"
      ? "check that the ServiceAccount exists and that its token is mounted into podkey"
      : "log in again, or choose another context with --context";
  return `${access.server} does not accept the credentials of ${access.user()} (401), since ${since}Z; ${remedy}`;
}
