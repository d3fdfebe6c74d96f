/**
 * The error of a call: gRPC's code together with podkey's reason, which the server sends in `grpc-status-details-bin`
 * (docs/errors.md). The only file of the client that reads a status.
 */
import { status } from "@grpc/grpc-js";
import type { Metadata } from "@grpc/grpc-js";
import type { Any__Output } from "./generated/google/protobuf/Any.ts";
import { descriptors } from "./descriptors.ts";

/** Code, reason and retry delay of a failed call. */
export interface FailureFacts {
  /** gRPC code by name, such as `NOT_FOUND`. */
  readonly code: keyof typeof status;
  /** podkey's reason, such as `KEY_NOT_FOUND`; undefined for a status of the transport. */
  readonly reason: string | undefined;
  /** Delay before a retry that the server asks for, in milliseconds. */
  readonly retryAfterMs: number | undefined;
}

/** A call that failed. The message is the sentence of the server or of the transport. */
export class RpcFailure extends Error implements FailureFacts {
  readonly code: keyof typeof status;
  readonly reason: string | undefined;
  readonly retryAfterMs: number | undefined;

  constructor(
    message: string,
    { code, reason, retryAfterMs }: Pick<FailureFacts, "code"> & Partial<FailureFacts>,
  ) {
    super(message);
    this.name = "RpcFailure";
    this.code = code;
    this.reason = reason;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Converts any error of a grpc-js call. */
export function toRpcFailure(error: unknown): RpcFailure {
  if (error instanceof RpcFailure) return error;
  if (!isServiceError(error)) {
    const message = error instanceof Error ? error.message : "the call failed";
    return new RpcFailure(message, { code: "UNKNOWN" });
  }
  return new RpcFailure(error.details, { code: codeName(error.code), ...readDetails(error.metadata) });
}

interface StatusLike {
  readonly code: number;
  readonly details: string;
  readonly metadata: Metadata | undefined;
}

function isServiceError(error: unknown): error is StatusLike {
  return error instanceof Error && "code" in error && typeof error.code === "number" && "details" in error;
}

function codeName(code: number): keyof typeof status {
  return (status[code] as keyof typeof status | undefined) ?? "UNKNOWN";
}

function readDetails(metadata: Metadata | undefined): Omit<FailureFacts, "code"> {
  let reason: string | undefined;
  let retryAfterMs: number | undefined;
  for (const { type_url: type, value } of packedDetails(metadata)) {
    const { ErrorInfo, RetryInfo } = descriptors().google.rpc;
    if (type.endsWith("/google.rpc.ErrorInfo")) reason = ErrorInfo.deserialize(value).reason;
    if (!type.endsWith("/google.rpc.RetryInfo")) continue;
    const delay = RetryInfo.deserialize(value).retryDelay;
    if (delay !== null) retryAfterMs = Number(delay.seconds) * 1000 + delay.nanos / 1e6;
  }
  return { reason, retryAfterMs };
}

function packedDetails(metadata: Metadata | undefined): readonly Any__Output[] {
  const [bytes] = metadata?.get("grpc-status-details-bin") ?? [];
  if (!Buffer.isBuffer(bytes)) return [];
  try {
    return descriptors().google.rpc.Status.deserialize(bytes).details;
  } catch {
    // A proxy may send anything here; code and message are enough then.
    return [];
  }
}
