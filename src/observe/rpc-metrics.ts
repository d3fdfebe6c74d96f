/**
 * The metrics of RPC: implements src/rpc/observe/rpc-metrics.ts. The children of methods and consumers are cached, so that a call
 * needs no label lookup.
 */
import type { Reason } from "../core/errors/errors.ts";
import type {
  GrpcCode,
  ConsumerMetrics,
  MethodLabels,
  MethodMetrics,
  RpcMetrics,
} from "../rpc/observe/rpc-metrics.ts";
import type { Instruments } from "./metrics-registry.ts";
import { pendingCounter } from "./pending-counter.ts";

/** Creates the metrics of RPC. */
export function rpcMetrics(instruments: Instruments): RpcMetrics {
  const methods = new Map<string, MethodMetrics>();
  const consumers = new Map<string, ConsumerMetrics>();
  return {
    method: (labels) =>
      cached(methods, `${labels.service}/${labels.method}/${labels.type}`, () =>
        methodMetrics(instruments, labels),
      ),
    consumer: (name) => cached(consumers, name, () => consumerMetrics(instruments, name)),
    listener: ({ consumer, address, mode }, present) => {
      if (present) instruments.podkey_listener_info.set({ consumer, address, mode }, 1);
      else instruments.podkey_listener_info.remove({ consumer, address, mode });
    },
  };
}

function methodMetrics(instruments: Instruments, { type, service, method }: MethodLabels): MethodMetrics {
  const labels = { grpc_type: type, grpc_service: service, grpc_method: method };
  const started = pendingCounter(instruments.grpc_server_started_total, labels);
  const received = pendingCounter(instruments.grpc_server_msg_received_total, labels);
  const sent = pendingCounter(instruments.grpc_server_msg_sent_total, labels);
  const seconds = instruments.grpc_server_handling_seconds.labels(labels);
  const codes = new Map<GrpcCode, { inc(): void }>();
  return {
    started: () => started.inc(),
    received: () => received.inc(),
    sent: () => sent.inc(),
    handled: (code, took) => {
      cached(codes, code, () =>
        pendingCounter(instruments.grpc_server_handled_total, { ...labels, grpc_code: code }),
      ).inc();
      if (took !== undefined) seconds.observe(took);
    },
  };
}

function consumerMetrics(instruments: Instruments, consumer: string): ConsumerMetrics {
  const streams = instruments.podkey_watch_streams.labels({ consumer });
  const connections = instruments.podkey_connections.labels({ consumer });
  const denied = instruments.podkey_policy_denied_total.labels({ consumer });
  const coalesced = instruments.podkey_watch_coalesced_total;
  const send = instruments.podkey_watch_send_duration_seconds;
  const reads = new Map<string, { inc(): void }>();
  // Start at 0: `rate` would miss the first increment of a new series.
  streams.set(0);
  connections.set(0);
  denied.inc(0);
  return {
    streams: (delta) => streams.inc(delta),
    connections: (delta) => connections.inc(delta),
    read: (method: "Get" | "List", outcome: "ok" | Reason) =>
      cached(reads, `${method}/${outcome}`, () =>
        pendingCounter(instruments.podkey_reads_total, { consumer, method, outcome }),
      ).inc(),
    denied: () => denied.inc(),
    secretStream: (from, to) => {
      if (from !== undefined) instruments.podkey_sds_streams.dec({ consumer, state: from });
      if (to !== undefined) instruments.podkey_sds_streams.inc({ consumer, state: to });
    },
    secretAnswer: (outcome) => instruments.podkey_sds_responses_total.inc({ consumer, outcome }),
    rejected: (limit) => instruments.podkey_limit_rejections_total.inc({ consumer, limit }),
    coalesced: (count) => coalesced.inc(count),
    sendDuration: (seconds) => send.observe(seconds),
  };
}

function cached<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
