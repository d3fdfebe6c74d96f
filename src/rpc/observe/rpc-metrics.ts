/**
 * What RPC counts, as a port: implemented over the metric table by telemetry, so that this folder knows no metrics
 * library. Children are asked for once (per method, per consumer) and kept: a call pays for no label lookup.
 */
import type { Reason } from "../../core/errors/errors.ts";

/** A gRPC code as go-grpc-prometheus writes it. */
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

/** One method, as the labels of `grpc_server_*` name it. */
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
  /** `seconds` is observed for unary calls only: a Watch lasts for ever and would drown the histogram. */
  handled(code: GrpcCode, seconds: number | undefined): void;
}

/** Which limit refused something; label `limit` of `podkey_limit_rejections_total`. */
export type Limit =
  | "connections"
  | "connection_streams"
  | "consumer_streams"
  | "waiters"
  | "slow_consumer"
  /** A connection was ended for its conduct (conduct.ts). */
  | "conduct";

/** How far a client is: nothing to run yet, not yet answered, runs the newest, refused the newest. */
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
  /** An SDS stream went from one state to another (undefined: it was opened, or closed). */
  secretStream(from: SecretStreamState | undefined, to: SecretStreamState | undefined): void;
  /** An SDS client took a response, or refused it. */
  secretAnswer(outcome: "acknowledged" | "refused"): void;
  rejected(limit: Limit): void;
  /** Changes that were merged into one because the reader was not ready. */
  coalesced(count: number): void;
  /** From the view's change to its message being handed to the transport. */
  sendDuration(seconds: number): void;
}

/** All of them. */
export interface RpcMetrics {
  method(labels: MethodLabels): MethodMetrics;
  consumer(name: string): ConsumerMetrics;
  /** A listener exists (`podkey_listener_info`) or is gone. */
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
