/**
 * The RPC server alone, over a view of one credential of 1 KB: `observed` with the metrics, the log and the check for
 * tracing of podkey, `bare` with implementations that do nothing. bench/observability.ts compares the two.
 *
 * usage: observed-server.ts observed|bare SOCKET
 */
import { credential } from "../../test/support/core/credentials.ts";
import { MemoryView } from "../../test/support/rpc/memory-view.ts";
import { REAL_TIME } from "../../test/support/rpc/rpc-lab.ts";
import { createRpcServer } from "../../src/rpc/server.ts";
import type { RpcServerDeps } from "../../src/rpc/server.ts";

type Observers = Pick<RpcServerDeps, "log" | "metrics" | "audit" | "tracer">;

const nothing = (): undefined => undefined;

/** Implementations that do nothing. */
function standIns(): Observers {
  const method = { started: nothing, received: nothing, sent: nothing, handled: nothing };
  const consumer = {
    ...{ streams: nothing, connections: nothing, read: nothing, denied: nothing, rejected: nothing },
    ...{ coalesced: nothing, sendDuration: nothing, secretStream: nothing, secretAnswer: nothing },
  };
  const metrics = { method: () => method, consumer: () => consumer, listener: nothing };
  return { log: nothing, metrics, audit: undefined };
}

/** The implementations of podkey. */
async function observers(): Promise<Observers> {
  const { createMetricsRegistry } = await import("../../src/observe/metrics-registry.ts");
  const { openLogger } = await import("../../src/log/logger.ts");
  const { rpcMetrics } = await import("../../src/observe/rpc-metrics.ts");
  const { openTracing } = await import("../../src/observe/tracing/open-tracing.ts");
  const metrics = rpcMetrics(createMetricsRegistry({ processMetrics: true }).instruments);
  const options = { level: "info", format: "json", fd: 2, colour: false } as const;
  const { log } = await openLogger({ ...options, timers: REAL_TIME, lost: nothing });
  return { log, metrics, audit: undefined, tracer: (await openTracing("bench"))?.calls };
}

const [kind, path = ""] = process.argv.slice(2);
const view = new MemoryView({ clock: REAL_TIME, consumer: "default" });
const server = createRpcServer({
  ...(kind === "observed" ? await observers() : standIns()),
  endpoints: [{ consumer: view, listen: { kind: "unix", path }, socketMode: 0o600 }],
  limits: { maxStreams: 1024, maxConnections: 256, maxStaleMs: 0 },
  descriptorSet: undefined,
  clock: REAL_TIME,
  timers: REAL_TIME,
});
view.sync([credential("s1024", { data: { value: "x".repeat(1024) } })]);
await server.start();
process.once("SIGTERM", () => void server.stop(0).then(() => process.exit()));
console.log("ready");
