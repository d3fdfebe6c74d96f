/** Reads `grpc-status-details-bin` with the shipped descriptors, as the error libraries of other languages do. */
import type { Metadata, StatusObject } from "@grpc/grpc-js";
import { status as Status } from "@grpc/grpc-js";
import { loadFileDescriptorSetFromBuffer } from "@grpc/proto-loader";
import protobuf from "protobufjs";
import "protobufjs/ext/descriptor/index.js";
import { DESCRIPTORS } from "./client.ts";

void loadFileDescriptorSetFromBuffer;

/** What a client learns from an error. */
export interface ErrorFacts {
  readonly code: string;
  readonly message: string;
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly retryAfterMs: number | undefined;
  readonly pushbackMs: string | undefined;
  readonly fields: readonly string[];
  /** Short names of the details, in order. */
  readonly details: readonly string[];
}

interface DescriptorRoot {
  fromDescriptor(set: Uint8Array): protobuf.Root;
}

const root = (protobuf.Root as unknown as DescriptorRoot).fromDescriptor(DESCRIPTORS);

interface DecodedStatus {
  readonly details: readonly { readonly type_url: string; readonly value: Uint8Array }[];
}

/** The facts of an error that a call rejected with. @throws if there are no details. */
export function errorFacts(error: unknown): ErrorFacts {
  if (!isServiceError(error)) throw new Error(`not a gRPC error: ${String(error)}`);
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (!Buffer.isBuffer(bytes)) throw new Error(`no details: ${String(error.code)} ${error.details}`);
  const decoded = decode("google.rpc.Status", bytes) as unknown as DecodedStatus;
  const details = decoded.details.map(({ type_url: url, value }) => {
    const name = url.slice(url.lastIndexOf("/") + 1);
    return { name, message: decode(name, value) };
  });
  const find = (name: string): Record<string, unknown> =>
    details.find((one) => one.name === `google.rpc.${name}`)?.message ?? {};
  const info = find("ErrorInfo");
  const retry = find("RetryInfo")["retry_delay"] as { seconds?: number; nanos?: number } | undefined;
  const violations = (find("BadRequest")["field_violations"] ?? []) as readonly { field: string }[];
  const [pushback] = error.metadata.get("grpc-retry-pushback-ms");
  return {
    code: Status[error.code] ?? "",
    message: error.details,
    reason: String(info["reason"]),
    domain: String(info["domain"]),
    metadata: (info["metadata"] ?? {}) as Record<string, string>,
    retryAfterMs:
      retry === undefined ? undefined : Number(retry.seconds ?? 0) * 1000 + (retry.nanos ?? 0) / 1e6,
    pushbackMs: typeof pushback === "string" ? pushback : undefined,
    fields: violations.map(({ field }) => field),
    details: details.map(({ name }) => name.slice("google.rpc.".length)),
  };
}

/** The facts of the error that this promise rejects with. @throws if it does not. */
export async function failure(call: Promise<unknown>): Promise<ErrorFacts> {
  let answer: unknown;
  try {
    answer = await call;
  } catch (error) {
    return errorFacts(error);
  }
  throw new Error(`the call was answered: ${JSON.stringify(answer)}`);
}

function decode(type: string, bytes: Uint8Array): Record<string, unknown> {
  const message = root.lookupType(type);
  return message.toObject(message.decode(bytes), { longs: Number, defaults: false });
}

function isServiceError(error: unknown): error is StatusObject & { metadata: Metadata } {
  return typeof error === "object" && error !== null && "code" in error && "metadata" in error;
}
