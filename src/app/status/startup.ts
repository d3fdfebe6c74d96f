/**
 * The way to "started": the first sync of every scope and everything that `--require` names. Says in one sentence what
 * is still missing (in the log, in /startupz and where the kubelet looks), and gives up after `--first-sync-timeout`.
 * Once started, always started: what is lost later is the business of freshness, not of this file.
 */
import type { Timers } from "../../core/time/clock.ts";
import type { StaleReason } from "../../core/time/freshness.ts";
import type { Log } from "../../log/events.ts";

/** What is asked and told. */
export interface StartupDeps {
  readonly timers: Timers;
  readonly log: Log;
  /** Milliseconds; 0: for ever. */
  readonly timeoutMs: number;
  readonly isSynced: () => boolean;
  /** Why the source is not synced yet. */
  readonly staleReason: () => StaleReason | undefined;
  /** The entries of `--require` that nothing fulfils, as the user wrote them. */
  readonly missing: () => readonly string[];
  /** Writes the reason where the kubelet looks; an empty text clears it. */
  readonly tellKubelet: (reason: string) => void;
}

/** How the start ended. */
export type StartupEnd =
  | { readonly kind: "started" }
  /** `reason` is the one sentence; `denied`: the API server said 401 or 403 to the end. */
  | { readonly kind: "timeout"; readonly reason: string; readonly denied: boolean };

/** Waiting this long is worth a line. */
const PATIENCE_MS = 10_000;
/** While it waits, the reason is looked at this often and said again if it changed. */
const REPEAT_MS = 10_000;

const WHY: Readonly<Record<StaleReason, string>> = {
  STARTING: "the source has not been listed yet",
  UNREACHABLE: "the API server cannot be reached; check the network policy, DNS and the server's address",
  DEAD_CONNECTION: "the connection to the API server is dead",
  SILENT: "the API server sends nothing",
  THROTTLED: "the API server asks to wait (429)",
  FORBIDDEN:
    "the API server forbids to list and watch Secrets (403); grant it to podkey's ServiceAccount, `podkey check` prints how",
  UNAUTHORIZED:
    "the API server does not accept podkey's token (401); check that its ServiceAccount token is mounted",
  LIMIT: "the source holds more than --max-credentials or --max-bytes allow; raise them or narrow --selector",
  SOURCE_ERROR: "the source answers with errors; see the log",
  CONFIGURATION: "the source cannot serve what is configured; see the log",
};

/** One start. */
export class Startup {
  readonly #deps: StartupDeps;
  readonly #cancels: (() => void)[] = [];
  #end: StartupEnd | undefined;
  #told = "";
  readonly #ended: Promise<StartupEnd>;
  #resolve: (end: StartupEnd) => void = () => undefined;

  constructor(deps: StartupDeps) {
    this.#deps = deps;
    this.#ended = new Promise((resolve) => (this.#resolve = resolve));
    this.#cancels.push(deps.timers.after(PATIENCE_MS, () => this.#tell()));
    if (deps.timeoutMs > 0) this.#cancels.push(deps.timers.after(deps.timeoutMs, () => this.#giveUp()));
  }

  /** Whether everything was there once. */
  get isStarted(): boolean {
    return this.#end?.kind === "started";
  }

  /** Settles when the start ends either way. */
  ended(): Promise<StartupEnd> {
    return this.#ended;
  }

  /** Looks again; called after each change of the snapshot until the start has ended. */
  look(): void {
    if (this.#end !== undefined || this.waitsFor() !== undefined) return;
    if (this.#told !== "") this.#deps.tellKubelet("");
    this.#finish({ kind: "started" });
  }

  /** What is still missing, in one sentence; undefined once started. */
  waitsFor(): string | undefined {
    if (this.isStarted) return undefined;
    if (!this.#deps.isSynced()) {
      return `waits for the first sync: ${WHY[this.#deps.staleReason() ?? "STARTING"]}`;
    }
    const missing = this.#deps.missing();
    if (missing.length === 0) return undefined;
    return `waits for required credentials: nothing matches ${missing.join(", ")}; create and label them, or change --require`;
  }

  /** No more lines, no giving up: the program stops. */
  cancel(): void {
    for (const cancel of this.#cancels.splice(0)) cancel();
  }

  #tell(): void {
    const reason = this.waitsFor();
    if (this.#end !== undefined || reason === undefined) return;
    this.#cancels.push(this.#deps.timers.after(REPEAT_MS, () => this.#tell()));
    if (reason === this.#told) return;
    this.#told = reason;
    this.#deps.log("app_waiting", { reason });
    this.#deps.tellKubelet(`podkey ${reason}.`);
  }

  #giveUp(): void {
    const reason = this.waitsFor();
    if (this.#end !== undefined || reason === undefined) return;
    this.#deps.log("app_first_sync_timeout", { reason, timeoutMs: this.#deps.timeoutMs });
    this.#deps.tellKubelet(`podkey gave up after --first-sync-timeout; it ${reason}.`);
    const stale = this.#deps.isSynced() ? undefined : this.#deps.staleReason();
    this.#finish({ kind: "timeout", reason, denied: stale === "FORBIDDEN" || stale === "UNAUTHORIZED" });
  }

  #finish(end: StartupEnd): void {
    this.#end = end;
    this.cancel();
    this.#resolve(end);
  }
}
