/**
 * Creates the RPC server from the configuration. It does not listen before `start`.
 */
import { readFile } from "node:fs/promises";
import type { SidecarConfig } from "../../config/schema/sidecar-config.ts";
import type { Clock, Timers } from "../../core/time/clock.ts";
import { DESCRIPTOR_SET } from "../../rpc/reflection/descriptors.ts";
import type { Endpoint, RpcServer } from "../../rpc/server.ts";
import { createRpcServer } from "../../rpc/server.ts";
import { rpcMetrics } from "../../observe/rpc-metrics.ts";
import type { Telemetry } from "./open-telemetry.ts";

export interface ServingDeps {
  readonly config: SidecarConfig;
  readonly endpoints: readonly Endpoint[];
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly timers: Timers;
}

/** The RPC server of all consumers. */
export async function openServing({
  config,
  endpoints,
  telemetry,
  clock,
  timers,
}: ServingDeps): Promise<RpcServer> {
  return createRpcServer({
    endpoints,
    limits: {
      maxStreams: config.maxStreams,
      maxConnections: config.maxConnections,
      maxStaleMs: config.maxStale,
    },
    descriptorSet: config.reflection ? await readFile(DESCRIPTOR_SET) : undefined,
    clock,
    timers,
    log: telemetry.log,
    metrics: rpcMetrics(telemetry.metrics.instruments),
    audit: telemetry.audit,
    tracer: telemetry.tracing?.calls,
  });
}
