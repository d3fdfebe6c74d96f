/** Metrics of RPC that record what was counted. */
import type { ConsumerMetrics, MethodMetrics, RpcMetrics } from "../../../src/rpc/observe/rpc-metrics.ts";

/** The counts as lines: `handled Get NotFound`, `rejected waiters`. */
export interface CountedMetrics extends RpcMetrics {
  readonly lines: readonly string[];
  /** Open Watches now. */
  readonly openStreams: () => number;
  readonly openConnections: () => number;
  /** Drops the lines so far, where memory is measured. */
  readonly forget: () => void;
}

/** Fresh metrics. */
export function countedMetrics(): CountedMetrics {
  const lines: string[] = [];
  let streams = 0;
  let connections = 0;
  const method = (name: string): MethodMetrics => ({
    started: () => void lines.push(`started ${name}`),
    received: () => undefined,
    sent: () => undefined,
    handled: (code) => void lines.push(`handled ${name} ${code}`),
  });
  const consumer: ConsumerMetrics = {
    streams: (delta) => void (streams += delta),
    connections: (delta) => void (connections += delta),
    read: (name, outcome) => void lines.push(`read ${name} ${outcome}`),
    denied: () => void lines.push("denied"),
    rejected: (limit) => void lines.push(`rejected ${limit}`),
    secretStream: (_from, to) => void lines.push(`sds ${to ?? "closed"}`),
    secretAnswer: (outcome) => void lines.push(`sds ${outcome}`),
    coalesced: (count) => void lines.push(`coalesced ${String(count)}`),
    sendDuration: () => undefined,
  };
  return {
    lines,
    openStreams: () => streams,
    openConnections: () => connections,
    forget: () => void lines.splice(0),
    method: (labels) => method(labels.method),
    consumer: () => consumer,
    listener: ({ address, mode }, present) =>
      void lines.push(`listener ${address} ${mode} ${present ? "there" : "gone"}`),
  };
}
