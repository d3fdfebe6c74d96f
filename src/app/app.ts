/**
 * The composition root: creates all parts, runs until it is asked to stop, and shuts down (shutdown.ts). Called by `podkey
 * serve` and by tests. Has the only subscription to the source.
 */
import { listenAdmin } from "../admin/http.ts";
import { bannerFields, consumerFields, howToRead, sourceText } from "./status/banner.ts";
import { ConsumerSet } from "./open/consumer-set.ts";
import { FreshnessHistory } from "./status/freshness-history.ts";
import type { CredentialLog } from "./status/credential-log.ts";
import type { AppHost } from "./process/host.ts";
import type { ObserveDeps } from "./status/observe.ts";
import { observeByMetrics, observeByProbes, overallFreshness } from "./status/observe.ts";
import { openServing } from "./open/open-serving.ts";
import type { OpenedSource } from "./open/source-deps.ts";
import { openSource } from "./open/open-source.ts";
import { openStore } from "./open/open-store.ts";
import { refuseDebugging } from "./process/refuse-debugging.ts";
import { Reloader } from "./open/reload.ts";
import { missingRequirements } from "./status/required.ts";
import { listenError, rpcStartError, sourceStartError, StartError } from "./process/start-error.ts";
import { Startup } from "./status/startup.ts";
import { systemClock, systemTimers } from "./process/system-clock.ts";
import type { Telemetry } from "./open/open-telemetry.ts";
import { openTelemetry, recordConfig } from "./open/open-telemetry.ts";
import { writeTerminationLog } from "./process/termination-log.ts";
import { watchFile } from "./process/watch-file.ts";
import { formatAdmin } from "../config/value/address.ts";
import type { LoadedConfig } from "../config/schema/sidecar-config.ts";
import { countServed } from "../core/snapshot/served.ts";
import type { SyncEvent } from "../core/snapshot/sync-event.ts";
import type { ExitCode } from "../exit-code.ts";
import { EXIT } from "../exit-code.ts";
import type { RpcServer } from "../rpc/server.ts";
import type { ShutdownSteps } from "./shutdown.ts";
import { shutDown } from "./shutdown.ts";
import type { Store } from "../store/store.ts";
import { safeError, stackFrames } from "../log/safe-error.ts";
import { roundedBytes } from "../observe/rounded-bytes.ts";
import { storeMetrics } from "../observe/store-metrics.ts";

export { StartError };

/** A podkey that can be run once. */
export interface App {
  /** Serves until `signal` aborts or the start fails, then shuts down. */
  run(signal: AbortSignal): Promise<ExitCode>;
}

/** The process, and the way to reload the configuration. */
export interface AppDeps extends AppHost {
  /** Loads flags, environment and file again. @throws ConfigError. */
  readonly reload: () => Promise<LoadedConfig>;
}

/** Limit of a step, and of `rpc` in addition to `--drain`: podkey exits within `--drain` + 1 s (docs/operations.md). */
const STEP_LIMIT_MS = 300;

/** Creates all parts. Nothing listens, and no request is sent to the source, before `run`. @throws StartError. */
export async function createApp(loaded: LoadedConfig, deps: AppDeps): Promise<App> {
  const clocks = { clock: systemClock, timers: systemTimers };
  const telemetry = await openTelemetry(loaded, deps, clocks);
  try {
    refuseDebugging(loaded, deps);
    // The source needs what the store holds, and the store needs the scopes of the source.
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

interface PodkeyParts {
  readonly loaded: LoadedConfig;
  readonly deps: AppDeps;
  readonly telemetry: Telemetry;
  readonly opened: OpenedSource;
}

class Podkey implements App {
  readonly store: Store;
  readonly #parts: PodkeyParts;
  readonly #consumers: ConsumerSet;
  readonly #startup: Startup;
  readonly #credentialLog: CredentialLog;
  readonly #observed: ObserveDeps;
  readonly #history: FreshnessHistory;
  readonly #startedAtMs = systemClock.nowMs();
  readonly #failed: Promise<never>;
  #fail: (error: unknown) => void = () => undefined;
  readonly #shutdownSteps: ShutdownSteps = {};
  #isDraining = false;

  constructor(parts: PodkeyParts) {
    this.#parts = parts;
    const { loaded, opened, telemetry } = parts;
    const { config } = loaded;
    this.#failed = new Promise<never>((_, reject) => (this.#fail = reject));
    // It may reject before `run` awaits it, which must not be an unhandled rejection.
    this.#failed.catch(() => undefined);
    const { instruments } = telemetry.metrics;
    const { store, credentialLog } = openStore({
      ...{ config, opened, clock: systemClock, timers: systemTimers, log: telemetry.log },
      metrics: storeMetrics(instruments, telemetry.tracing),
      views: () => this.#consumers.views(),
      observeSize: (sizeBytes) => instruments.podkey_credential_size_bytes.observe(roundedBytes(sizeBytes)),
    });
    this.store = store;
    this.#credentialLog = credentialLog;
    this.#consumers = new ConsumerSet({ store: this.store, namespaces: opened.namespaces }, config.consumers);
    this.#startup = this.#createStartup();
    this.#observed = {
      config,
      sourceFaults: () => opened.source.faults?.() ?? [],
      store: this.store,
      clock: systemClock,
      startup: this.#startup,
      views: () => this.#consumers.views(),
      isDraining: () => this.#isDraining,
    };
    this.#history = new FreshnessHistory({
      timers: systemTimers,
      freshness: () => overallFreshness(this.#observed),
    });
    observeByMetrics(telemetry.metrics, this.#observed);
    recordConfig(telemetry.metrics, config, systemClock);
  }

  async run(signal: AbortSignal): Promise<ExitCode> {
    const { log, flush } = this.#parts.telemetry;
    try {
      this.#logStart();
      await this.#open();
      const end = await Promise.race([this.#startup.ended(), aborted(signal), this.#failed]);
      if (end?.kind === "timeout") return end.denied ? EXIT.noPermission : EXIT.firstSyncTimeout;
      if (end?.kind === "started") this.#logReady(systemClock.nowMs() - this.#startedAtMs);
      await Promise.race([aborted(signal), this.#failed]);
      return EXIT.ok;
    } catch (error) {
      if (error instanceof StartError) throw error;
      log("app_fatal", { ...safeError(error), at: stackFrames(error) });
      return EXIT.invariant;
    } finally {
      await this.#shutDown();
      flush();
    }
  }

  #createStartup(): Startup {
    const { loaded, telemetry, deps, opened } = this.#parts;
    return new Startup({
      timers: systemTimers,
      clock: systemClock,
      log: telemetry.log,
      access: opened.access,
      timeoutMs: loaded.config.firstSyncTimeout,
      isSynced: () => this.store.isSynced,
      staleReason: () => overallFreshness({ store: this.store, clock: systemClock }).reason,
      missing: () => missingRequirements(loaded.config.require, this.store.snapshot()),
      writeTermination: (reason) => writeTerminationLog(deps.terminationLog, reason),
    });
  }

  /**
   * The first list runs while the listeners open. Admin opens before rpc, so that a start that fails is visible there.
   */
  async #open(): Promise<void> {
    this.#subscribe();
    await this.#openAdmin();
    const rpc = await this.#openRpc();
    this.#watchConfig(rpc);
  }

  async #openAdmin(): Promise<void> {
    const { loaded, telemetry } = this.#parts;
    const { admin } = loaded.config;
    if (admin === undefined) return;
    try {
      const server = await listenAdmin(admin, {
        probes: observeByProbes(this.#observed),
        metricsPage: (format) => telemetry.metrics.page(format),
        statusPage: () => this.#statusPage(),
      });
      this.#shutdownSteps.admin = { limitMs: STEP_LIMIT_MS, run: () => server.close() };
      telemetry.log("app_admin_listening", { address: formatAdmin(server.address) });
    } catch (error) {
      throw listenError(error, formatAdmin(admin), "--admin");
    }
  }

  async #statusPage(): Promise<string> {
    const { telemetry, deps, loaded, opened } = this.#parts;
    // Loaded on demand, to save the memory of an idle sidecar.
    const [{ statusFacts }, { statusPage }] = await Promise.all([
      import("./status/status-facts.ts"),
      import("../admin/status-page.ts"),
    ]);
    const facts = await statusFacts({
      ...this.#observed,
      version: deps.version,
      source: sourceText(loaded.config, opened.server),
      instruments: telemetry.metrics.instruments,
      startedAtMs: this.#startedAtMs,
      history: this.#history.samples(),
    });
    return statusPage(facts);
  }

  #subscribe(): void {
    const subscription = this.#parts.opened.source.events$.subscribe({
      next: (event) => this.#apply(event),
      error: (error: unknown) => this.#fail(error),
      complete: () => this.#fail(new Error("the source ended")),
    });
    const run = (): Promise<void> => {
      subscription.unsubscribe();
      this.store.stop();
      this.#credentialLog.stop();
      return Promise.resolve();
    };
    this.#shutdownSteps.source = { limitMs: STEP_LIMIT_MS, run };
  }

  #apply(event: SyncEvent): void {
    try {
      this.store.apply(event);
      if (!this.#startup.isStarted && event.kind !== "contact" && event.kind !== "reset-item")
        this.#startup.check();
    } catch (error) {
      this.#fail(error);
    }
  }

  async #openRpc(): Promise<RpcServer> {
    const { loaded, telemetry } = this.#parts;
    const { config } = loaded;
    const clocks = { clock: systemClock, timers: systemTimers };
    const rpc = await openServing({ ...clocks, config, telemetry, endpoints: this.#consumers.endpoints() });
    const drainMs = config.drain;
    this.#shutdownSteps.rpc = { limitMs: drainMs + STEP_LIMIT_MS, run: () => rpc.stop(drainMs) };
    try {
      await rpc.start();
    } catch (error) {
      throw rpcStartError(error);
    }
    for (const consumer of config.consumers) telemetry.log("app_listening", consumerFields(consumer));
    return rpc;
  }

  #watchConfig(rpc: RpcServer): void {
    const { loaded, telemetry, deps } = this.#parts;
    const { configFile } = loaded.config;
    if (configFile === undefined) return;
    const { instruments } = telemetry.metrics;
    const reloader = new Reloader(
      {
        load: deps.reload,
        apply: ({ consumers }) => this.#consumers.replace(consumers, rpc),
        onReload: (config) => {
          if (config === undefined) instruments.podkey_config_last_reload_successful.set(0);
          else recordConfig(telemetry.metrics, config, systemClock);
        },
        log: telemetry.log,
      },
      loaded,
    );
    const reload = (): void => void reloader.reload();
    const stops = [
      watchFile(configFile, { timers: systemTimers, changed: reload }),
      // At a terminal SIGHUP means that the terminal was closed.
      ...(deps.stdinIsTerminal ? [] : [deps.onHangup(reload)]),
    ];
    const run = (): Promise<void> => {
      for (const stop of stops) stop();
      return Promise.resolve();
    };
    this.#shutdownSteps.config = { limitMs: STEP_LIMIT_MS, run };
  }

  #logStart(): void {
    const { loaded, telemetry, deps, opened } = this.#parts;
    telemetry.log("started", bannerFields(loaded.config, { version: deps.version, server: opened.server }));
    for (const warning of loaded.warnings) telemetry.log("app_config_warning", { warning });
  }

  #logReady(tookMs: number): void {
    const { loaded, telemetry, deps } = this.#parts;
    const { config } = loaded;
    const credentials = countServed(this.store.snapshot());
    telemetry.log("app_ready", { credentials, seconds: Math.round(tookMs) / 1000 });
    const [address] = config.consumers[0]?.listen ?? [];
    if (config.source !== "manifests" || address === undefined) return;
    // A JSON log contains only JSON objects.
    if (config.logFormat === "pretty") deps.print(howToRead(address).join("\n"));
    else telemetry.log("app_how_to_read", { commands: howToRead(address).join("\n") });
  }

  async #shutDown(): Promise<void> {
    const { telemetry } = this.#parts;
    this.#isDraining = true;
    this.#startup.cancel();
    this.#history.stop();
    telemetry.log("app_stopping");
    await shutDown(this.#shutdownSteps, { timers: systemTimers, log: telemetry.log });
    telemetry.log("app_stopped");
  }
}

/** Resolves when the signal aborts. */
function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
