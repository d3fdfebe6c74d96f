/**
 * The composition root: builds every part in order, hands each what it needs, runs until asked to stop, and takes all
 * down again. Called by `podkey serve` and by tests; the only file that knows all parts. Holds the one subscription to
 * the source.
 */
import { randomBytes } from "node:crypto";
import type { Subscription } from "rxjs";
import type { AdminServer } from "./admin/http.ts";
import { listenAdmin } from "./admin/http.ts";
import { bannerFields, consumerFields, howToRead } from "./app/banner.ts";
import { bindPolicy } from "./app/bind-policy.ts";
import type { AppHost } from "./app/host.ts";
import type { OpenedSource } from "./app/open-source.ts";
import { openSource } from "./app/open-source.ts";
import { probesOf } from "./app/probes.ts";
import { prove } from "./app/prove.ts";
import { missingRequirements } from "./app/required.ts";
import { listenError, sourceStartError, StartError } from "./app/start-error.ts";
import type { StartupEnd } from "./app/startup.ts";
import { Startup } from "./app/startup.ts";
import { systemClock, systemTimers } from "./app/system-clock.ts";
import type { Telemetry } from "./app/telemetry.ts";
import { openTelemetry } from "./app/telemetry.ts";
import { writeTerminationLog } from "./app/termination-log.ts";
import { formatAdmin } from "./config/address.ts";
import type { LoadedConfig } from "./config/sidecar-config.ts";
import type { ConsumerView } from "./core/consumer-view.ts";
import type { Freshness } from "./core/freshness.ts";
import { freshnessOf, worstFreshness } from "./core/freshness.ts";
import type { SyncEvent } from "./core/sync-event.ts";
import type { ExitCode } from "./exit-code.ts";
import { EXIT } from "./exit-code.ts";
import type { Phase } from "./shutdown.ts";
import { shutDown } from "./shutdown.ts";
import { Store } from "./store.ts";
import { safeError, stackFrames } from "./telemetry/safe-error.ts";
import { snapshotMetrics } from "./telemetry/snapshot-metrics.ts";
import { sourceStates } from "./telemetry/source-metrics.ts";
import { storeMetrics } from "./telemetry/store-metrics.ts";

export { StartError };

/** A podkey that can be run once. */
export interface App {
  /** Serves until `signal` fires or the start fails; then takes everything down. The exit code is the contract's. */
  run(signal: AbortSignal): Promise<ExitCode>;
}

/** What the app gets besides its surroundings. */
export interface AppDeps extends AppHost {
  /** Reads the configuration again, from everywhere it came from. @throws ConfigError. */
  readonly reload: () => Promise<LoadedConfig>;
}

/** Room after `--drain` in which the rest must end: contract section 8 promises exit within `--drain` + 1 s. */
const AFTER_DRAIN_MS = 300;

/** Builds everything; nothing listens and nothing is asked of the source before `run`. @throws StartError. */
export async function createApp(loaded: LoadedConfig, deps: AppDeps): Promise<App> {
  const clocks = { clock: systemClock, timers: systemTimers };
  const telemetry = await openTelemetry(loaded, deps, clocks);
  try {
    refuseInspector(loaded, deps);
    // The source asks what is held, the store is built from the source's scopes: one of them has to come second.
    const late: { store?: Store } = {};
    const opened = await openSource({
      ...clocks,
      config: loaded.config,
      log: telemetry.log,
      env: deps.env,
      version: deps.version,
      instruments: telemetry.metrics.instruments,
      held: (scope) => late.store?.held(scope) ?? new Map(),
    });
    const podkey = new Podkey({ loaded, deps, telemetry, opened });
    late.store = podkey.store;
    return podkey;
  } catch (error) {
    telemetry.flush();
    throw sourceStartError(error);
  }
}

/** A debugger reads every value, and its port is open to all containers of the pod. */
function refuseInspector({ config }: LoadedConfig, host: AppHost): void {
  if (config.source !== "kubernetes" || host.stdinIsTerminal || !host.inspectorIsOpen()) return;
  throw new StartError(
    "--inspect is refused with --source kubernetes, because every container of the pod could read all values through it; " +
      "remove it from the command line and NODE_OPTIONS, or start podkey from a terminal",
    EXIT.usage,
  );
}

interface PodkeyParts {
  readonly loaded: LoadedConfig;
  readonly deps: AppDeps;
  readonly telemetry: Telemetry;
  readonly opened: OpenedSource;
}

/** A running podkey. */
class Podkey implements App {
  readonly store: Store;
  readonly #parts: PodkeyParts;
  readonly #startup: Startup;
  readonly #views: ConsumerView[] = [];
  #subscription: Subscription | undefined;
  #admin: AdminServer | undefined;
  #isDraining = false;
  #fail: (error: unknown) => void = () => undefined;

  constructor(parts: PodkeyParts) {
    this.#parts = parts;
    this.store = this.#createStore();
    for (const { name, policy } of parts.loaded.config.consumers) {
      this.#views.push(this.store.addConsumer(name, bindPolicy(policy, parts.opened.namespaces)));
    }
    this.#startup = this.#createStartup();
    this.#bindMetrics();
  }

  async run(signal: AbortSignal): Promise<ExitCode> {
    const { log, flush } = this.#parts.telemetry;
    let exitCode: ExitCode = EXIT.ok;
    try {
      this.#sayHello();
      const failed = new Promise<never>((_, reject) => (this.#fail = reject));
      await this.#listen();
      this.#subscribe();
      const startedAtMs = systemClock.nowMs();
      const end = await Promise.race([this.#startup.ended(), aborted(signal), failed]);
      if (end?.kind === "started") {
        this.#sayReady(systemClock.nowMs() - startedAtMs);
        await Promise.race([aborted(signal), failed]);
      } else if (end !== undefined) exitCode = exitCodeOf(end);
    } catch (error) {
      if (error instanceof StartError) throw error;
      log("app_fatal", { ...safeError(error), at: stackFrames(error) });
      exitCode = EXIT.invariant;
    } finally {
      await this.#takeDown();
      flush();
    }
    return exitCode;
  }

  #createStore(): Store {
    const { loaded, telemetry, opened } = this.#parts;
    const { config } = loaded;
    const { source, namespaces } = opened;
    return new Store({
      clock: systemClock,
      timers: systemTimers,
      scopes: source.scopes,
      namespaces,
      limits: { maxCredentials: config.maxCredentials, maxBytes: config.maxBytes },
      lifetimes: { previousForMs: config.previousFor, previousMaxMs: config.previousMax },
      newEpoch: () => randomBytes(9).toString("base64url"),
      relist: (scope, cause) => source.relist(scope, cause),
      prove: (scopes, signal) => prove(source, scopes, signal),
      metrics: storeMetrics(telemetry.metrics.instruments),
      log: telemetry.log,
    });
  }

  #createStartup(): Startup {
    const { loaded, telemetry, deps } = this.#parts;
    return new Startup({
      clock: systemClock,
      timers: systemTimers,
      log: telemetry.log,
      timeoutMs: loaded.config.firstSyncTimeout,
      isSynced: () => this.store.isSynced,
      staleReason: () => this.#freshness().reason,
      missing: () => this.#missing(),
      tellKubelet: (reason) => writeTerminationLog(deps.terminationLog, reason),
    });
  }

  #bindMetrics(): void {
    const { loaded, telemetry } = this.#parts;
    const { instruments } = telemetry.metrics;
    const refresh = snapshotMetrics({
      instruments,
      clock: systemClock,
      credentialNames: loaded.config.metricsCredentialNames,
      observe: () => ({
        isSynced: this.store.isSynced,
        snapshot: this.store.snapshot(),
        freshness: this.#freshness(),
        views: this.#views,
        requiredMissing: this.#missing().length,
      }),
    });
    telemetry.metrics.onScrape(refresh);
    if (loaded.config.source === "kubernetes") return;
    const states = sourceStates(instruments);
    telemetry.metrics.onScrape(() => {
      for (const scope of this.store.book.scopes) {
        const { state, reason } = freshnessOf(this.store.book.clocks(scope.id), systemClock.nowMs());
        const isStarting = reason === "STARTING";
        states.note(
          scope.id,
          state === "FRESH" ? "live" : isStarting ? "starting" : "stale",
          isStarting ? undefined : reason,
        );
      }
    });
  }

  #freshness(): Freshness {
    const { book } = this.store;
    return worstFreshness(
      book.scopes.map((scope) => freshnessOf(book.clocks(scope.id), systemClock.nowMs())),
    );
  }

  #missing(): readonly string[] {
    return missingRequirements(this.#parts.loaded.config.require, this.store.snapshot());
  }

  /** Admin first: whatever keeps the start from succeeding can be seen there. */
  async #listen(): Promise<void> {
    const { loaded, telemetry } = this.#parts;
    const { admin } = loaded.config;
    if (admin !== undefined) {
      try {
        this.#admin = await listenAdmin(admin, {
          probes: probesOf({
            isSynced: () => this.store.isSynced,
            isDraining: () => this.#isDraining,
            waitsFor: () => this.#startup.waitsFor(),
            freshness: () => this.#freshness(),
          }),
          metricsPage: (format) => telemetry.metrics.page(format),
          statusPage: () => Promise.resolve("<!doctype html><title>podkey</title>"),
        });
      } catch (error) {
        throw listenError(error, formatAdmin(admin), "--admin");
      }
    }
  }

  /** The one subscription of the program. */
  #subscribe(): void {
    const { source } = this.#parts.opened;
    this.#subscription = source.events$.subscribe({
      next: (event) => this.#take(event),
      error: (error: unknown) => this.#fail(error),
      complete: () => this.#fail(new Error("the source ended")),
    });
  }

  #take(event: SyncEvent): void {
    try {
      this.store.apply(event);
      if (!this.#startup.isStarted && event.kind !== "contact" && event.kind !== "reset-item")
        this.#startup.look();
    } catch (error) {
      this.#fail(error);
    }
  }

  #sayHello(): void {
    const { loaded, telemetry, deps, opened } = this.#parts;
    telemetry.log("started", bannerFields(loaded.config, { version: deps.version, server: opened.server }));
    for (const warning of loaded.warnings) telemetry.log("app_config_warning", { warning });
    for (const consumer of loaded.config.consumers) telemetry.log("app_listening", consumerFields(consumer));
  }

  #sayReady(tookMs: number): void {
    const { loaded, telemetry } = this.#parts;
    telemetry.log("app_ready", {
      credentials: this.store.snapshot().entries.size,
      seconds: Math.round(tookMs) / 1000,
    });
  }

  async #takeDown(): Promise<void> {
    const { loaded, telemetry } = this.#parts;
    this.#isDraining = true;
    this.#startup.cancel();
    telemetry.log("app_stopping");
    const phases: readonly Phase[] = [
      {
        name: "source",
        limitMs: AFTER_DRAIN_MS,
        run: async () => {
          this.#subscription?.unsubscribe();
          this.store.stop();
        },
      },
      { name: "admin", limitMs: AFTER_DRAIN_MS, run: async () => this.#admin?.close() },
    ];
    await shutDown(phases, { timers: systemTimers, log: telemetry.log });
    telemetry.log("app_drained");
  }
}

function exitCodeOf(end: StartupEnd): ExitCode {
  if (end.kind === "started") return EXIT.ok;
  return end.denied ? EXIT.noPermission : EXIT.firstSyncTimeout;
}

/** Settles with undefined when the signal fires. */
function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
