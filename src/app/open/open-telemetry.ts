/**
 * Log and metrics of a running podkey, opened before anything else: whatever goes wrong afterwards is seen. Binds the
 * gauges that are read at scrape time to the store once that exists.
 */
import type { LoadedConfig, SidecarConfig } from "../../config/schema/sidecar-config.ts";
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { AuditSink } from "../../rpc/observe/audit.ts";
import { auditLog } from "../../observe/audit-log.ts";
import type { Log } from "../../log/events.ts";
import { openLogger } from "../../log/logger.ts";
import type { MetricsRegistry } from "../../observe/metrics-registry.ts";
import { createMetricsRegistry } from "../../observe/metrics-registry.ts";
import type { Tracing } from "../../observe/tracing/tracing.ts";
import { openTracing } from "../../observe/tracing/open-tracing.ts";
import { DEFAULT_RATE_LIMIT, rateLimited } from "../../log/rate-limit.ts";
import { configHash } from "./config-hash.ts";
import type { AppHost } from "../process/host.ts";

/** What everything reports to. */
export interface Telemetry {
  readonly log: Log;
  readonly metrics: MetricsRegistry;
  /** Undefined with `--audit off`. */
  readonly audit: AuditSink | undefined;
  /** Undefined where no OpenTelemetry SDK is loaded beside podkey. */
  readonly tracing: Tracing | undefined;
  /** Writes buffered lines out; before the process ends. */
  readonly flush: () => void;
}

/** Opens log and metrics. */
export async function openTelemetry(
  loaded: LoadedConfig,
  host: AppHost,
  { clock, timers }: { readonly clock: Clock; readonly timers: Timers },
): Promise<Telemetry> {
  const { config } = loaded;
  const metrics = createMetricsRegistry({ processMetrics: host.processMetrics });
  const { instruments } = metrics;
  const { log: write, flush } = await openLogger({
    level: config.logLevel,
    format: config.logFormat,
    fd: host.logFd,
    colour: host.colour,
    timers,
    lost: (lines) => instruments.podkey_log_lines_dropped_total.inc(lines),
  });
  // A bug or a second signal ends the process without coming back here, and its last lines are those that matter.
  host.onExit(flush);
  const log = rateLimited({ log: write, clock, timers, limit: DEFAULT_RATE_LIMIT });
  instruments.podkey_build_info.set(
    { version: host.version, revision: host.revision, node_version: host.nodeVersion },
    1,
  );
  noteConfig(metrics, config, clock);
  const audit =
    config.audit === "off"
      ? undefined
      : auditLog({
          mode: config.audit,
          log,
          clock,
          dropped: () => instruments.podkey_audit_dropped_total.inc(),
        });
  return { log, metrics, audit, tracing: await openTracing(host.version), flush };
}

/** A configuration is in force: at the start and after each reload. */
export function noteConfig({ instruments }: MetricsRegistry, config: SidecarConfig, clock: Clock): void {
  instruments.podkey_config_hash_info.reset();
  instruments.podkey_config_hash_info.set({ hash: configHash(config) }, 1);
  instruments.podkey_config_last_reload_successful.set(1);
  instruments.podkey_config_last_reload_success_timestamp_seconds.set(clock.wallMs() / 1000);
}
