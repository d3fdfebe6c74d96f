/** Reads `grpc-status-details-bin` with stock descriptors, as the error libraries of other languages do. */
import type { StatusObject } from "@grpc/grpc-js";
import { status as Status } from "@grpc/grpc-js";
import { decode } from "./messages.ts";

/** The content of an error. */
export interface ErrorFacts {
  readonly code: string;
  readonly message: string;
  readonly reason: string;
  readonly domain: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly retryAfterMs: number | undefined;
  readonly pushbackMs: string | undefined;
  /** Request fields that BadRequest names. */
  readonly fields: readonly string[];
  /** Short names of the details, in order. */
  readonly details: readonly string[];
}

interface Detail {
  readonly name: string;
  readonly message: Readonly<Record<string, unknown>>;
}

/** The facts of an error that a call rejected with, or of a status. @throws if there are no details. */
export function errorFacts(error: unknown): ErrorFacts {
  if (!isStatus(error)) throw new Error(`not a gRPC error: ${String(error)}`);
  const [bytes] = error.metadata.get("grpc-status-details-bin");
  if (!Buffer.isBuffer(bytes)) throw new Error(`no details: ${String(error.code)} ${error.details}`);
  const details = detailsOf(bytes);
  const find = (name: string): Detail["message"] => details.find((one) => one.name === name)?.message ?? {};
  const info = find("ErrorInfo");
  const retry = find("RetryInfo")["retryDelay"] as
    { readonly seconds: string; readonly nanos: number } | undefined;
  const violations = (find("BadRequest")["fieldViolations"] ?? []) as readonly { readonly field: string }[];
  const [pushback] = error.metadata.get("grpc-retry-pushback-ms");
  return {
    code: Status[error.code],
    message: error.details,
    reason: String(info["reason"]),
    domain: String(info["domain"]),
    metadata: (info["metadata"] ?? {}) as Record<string, string>,
    retryAfterMs: retry === undefined ? undefined : Number(retry.seconds) * 1000 + retry.nanos / 1e6,
    pushbackMs: typeof pushback === "string" ? pushback : undefined,
    fields: violations.map(({ field }) => field),
    details: details.map(({ name }) => name),
  };
}

/** The facts of the error that this promise rejects with. @throws if it does not. */
export async function failure(call: Promise<unknown>): Promise<ErrorFacts> {
  try {
    await call;
  } catch (error) {
    return errorFacts(error);
  }
  throw new Error("the call was answered");
}

function detailsOf(bytes: Buffer): readonly Detail[] {
  const { details } = decode("google.rpc.Status", bytes) as {
    readonly details: readonly { readonly type_url: string; readonly value: Buffer }[];
  };
  return details.map(({ type_url: url, value }) => {
    const type = url.slice(url.lastIndexOf("/") + 1);
    return { name: type.slice(type.lastIndexOf(".") + 1), message: decode(type, value) as Detail["message"] };
  });
}

function isStatus(error: unknown): error is StatusObject {
  return typeof error === "object" && error !== null && "code" in error && "metadata" in error;
}
