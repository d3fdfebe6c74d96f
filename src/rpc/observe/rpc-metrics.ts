/**
 * The metrics of RPC as a port, implemented by src/observe/rpc-metrics.ts, so that src/rpc needs no metrics library. The
 * counters of a method and of a consumer are looked up once and kept, so that a call costs no label lookup.
 */
import type { Reason } from "../../core/errors/errors.ts";

/** A value of the label `grpc_code`, in the spelling of go-grpc-prometheus. */
export type GrpcCode =
  | "OK"
  | "Canceled"
  | "Unknown"
  | "InvalidArgument"
  | "DeadlineExceeded"
  | "NotFound"
  | "PermissionDenied"
  | "ResourceExhausted"
  | "Aborted"
  | "OutOfRange"
  | "Internal"
  | "Unavailable"
  | "Unauthenticated";

/** The labels of one method in `grpc_server_*`. */
export interface MethodLabels {
  /** `grpc_type`. */
  readonly type: "unary" | "server_stream" | "bidi_stream";
  /** `grpc_service`, with its package. */
  readonly service: string;
  /** `grpc_method`. */
  readonly method: string;
}

/** The five `grpc_server_*` of one method. */
export interface MethodMetrics {
  started(): void;
  received(): void;
  sent(): void;
  /** `seconds` is undefined for a streaming call: its duration would distort the histogram. */
  handled(code: GrpcCode, seconds: number | undefined): void;
}

/** Label `limit` of `podkey_limit_rejections_total`. */
export type Limit =
  | "connections"
  | "connection_streams"
  | "consumer_streams"
  /** What open streams hold of their requests. */
  | "held_requests"
  | "waiters"
  | "slow_consumer"
  /** A connection was ended by its flood guard. */
  | "conduct";

/** State of an SDS client: nothing sent, response not answered, newest acknowledged, newest refused. */
export type SecretStreamState = "waiting" | "behind" | "current" | "refused";

/** The `podkey_*` of one consumer. */
export interface ConsumerMetrics {
  /** Open Watches changed by this much. */
  streams(delta: 1 | -1): void;
  /** Open connections changed by this much. */
  connections(delta: 1 | -1): void;
  /** A read was answered: `ok`, or the reason of its error. */
  read(method: "Get" | "List", outcome: "ok" | Reason): void;
  /** POLICY_DENIED was answered. */
  denied(): void;
  /** An SDS stream changed its state (undefined: before it was opened, after it was closed). */
  secretStream(from: SecretStreamState | undefined, to: SecretStreamState | undefined): void;
  /** An SDS client acknowledged or refused a response. */
  secretAnswer(outcome: "acknowledged" | "refused"): void;
  rejected(limit: Limit): void;
  /** Changes that were merged into one because the reader was not ready. */
  coalesced(count: number): void;
  /** Time from the change of the view until its message was handed to the transport. */
  sendDuration(seconds: number): void;
}

/** The metrics of a server. */
export interface RpcMetrics {
  method(labels: MethodLabels): MethodMetrics;
  consumer(name: string): ConsumerMetrics;
  /** A listener was opened or closed (`podkey_listener_info`). */
  listener(info: ListenerInfo, present: boolean): void;
}

/** Labels of `podkey_listener_info`. */
export interface ListenerInfo {
  readonly consumer: string;
  /** As configured: `unix:PATH` or `tcp:HOST:PORT`. */
  readonly address: string;
  /** Octal mode of a Unix socket (`0660`), or empty. */
  readonly mode: string;
}
