/**
 * Opens log, metrics, audit log and tracing, before all other parts.
 */
import { createHash } from "node:crypto";
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
import type { AppHost } from "../process/host.ts";

/** Log, metrics, audit log and tracing. */
export interface Telemetry {
  readonly log: Log;
  readonly metrics: MetricsRegistry;
  /** Undefined with `--audit off`. */
  readonly audit: AuditSink | undefined;
  /** Undefined if no OpenTelemetry SDK is loaded. */
  readonly tracing: Tracing | undefined;
  /** Writes buffered lines; called before the process exits. */
  readonly flush: () => void;
}

/** Opens all of it. */
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
  const log = rateLimited({ log: write, clock, timers, limit: DEFAULT_RATE_LIMIT });
  instruments.podkey_build_info.set(
    { version: host.version, revision: host.revision, node_version: host.nodeVersion },
    1,
  );
  recordConfig(metrics, config, clock);
  const audit =
    config.audit === "off"
      ? undefined
      : auditLog({
          mode: config.audit,
          log,
          timers,
          dropped: () => instruments.podkey_audit_dropped_total.inc(),
        });
  const flushAll = (): void => {
    audit?.flush();
    flush();
  };
  // A bug or a second signal exits the process directly, and the last lines are the important ones.
  host.onExit(flushAll);
  return {
    log,
    metrics,
    audit: audit?.sink,
    tracing: await openTracing(host.version),
    flush: flushAll,
  };
}

/** Updates the metrics of the configuration, at the start and after each reload. */
export function recordConfig({ instruments }: MetricsRegistry, config: SidecarConfig, clock: Clock): void {
  instruments.podkey_config_hash_info.reset();
  instruments.podkey_config_hash_info.set({ hash: configHash(config) }, 1);
  instruments.podkey_config_last_reload_successful.set(1);
  instruments.podkey_config_last_reload_success_timestamp_seconds.set(clock.wallMs() / 1000);
}

/** Equal for sidecars with equal configuration. The configuration contains paths and names, never a value of a Secret. */
function configHash(config: SidecarConfig): string {
  const text = JSON.stringify(config, (_key, value: unknown) => (value instanceof Set ? [...value] : value));
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
