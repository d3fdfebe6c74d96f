/**
 * The only place where an error becomes a gRPC status. A PodkeyError carries its reason as google.rpc.ErrorInfo (and
 * RetryInfo, BadRequest); anything else is a bug: the client gets INTERNAL INVARIANT with a neutral text, the log gets the
 * real one. Details follow google/rpc/error_details.proto, written by hand as our few messages are.
 */
import { Metadata, status as Status } from "@grpc/grpc-js";
import type { ServiceError } from "@grpc/grpc-js";
import protobuf from "protobufjs/minimal.js";
import { PodkeyError } from "../../core/errors/errors.ts";
import type { Code, Reason } from "../../core/errors/errors.ts";
import type { Log } from "../../log/events.ts";
import { asBuffer } from "../codec/answers.ts";
import { writeMilliseconds } from "../codec/wire-duration.ts";

/** `ErrorInfo.domain` of every error that podkey makes. */
export const ERROR_DOMAIN = "podkey.dev";

/** What grpc-js takes as the end of a call. */
export type StatusError = Pick<ServiceError, "code" | "details" | "metadata" | "name" | "message">;

/** Texts beyond this are cut: clients refuse headers over 8 KiB, and the text comes twice (message and details). */
const TEXT_LIMIT = 1024;

/** Any thrown value as a PodkeyError; what is none is logged and becomes INVARIANT. */
export function toPodkeyError(thrown: unknown, log: Log): PodkeyError {
  if (thrown instanceof PodkeyError) return thrown;
  log("rpc_invariant", {
    error: thrown instanceof Error ? thrown.name : typeof thrown,
    where: thrown instanceof Error ? placeOf(thrown) : undefined,
  });
  return new PodkeyError(
    "INVARIANT",
    "podkey could not answer because of a bug; its log names the place, please report it.",
    { cause: thrown },
  );
}

/** The status of an error. */
export function statusOf(error: PodkeyError): StatusError {
  const text = cut(error.message.toWellFormed());
  const code = codeOf(error.facts.code);
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", statusDetails(error, code, text));
  if (error.facts.retryAfterMs !== undefined)
    metadata.set("grpc-retry-pushback-ms", String(error.facts.retryAfterMs));
  return { name: error.reason, code, details: text, message: text, metadata };
}

/** The number of a code. */
export function codeOf(code: Code): Status {
  return Status[code];
}

/** google.rpc.Status with the error's details. */
function statusDetails(error: PodkeyError, code: Status, text: string): Buffer {
  const writer = protobuf.Writer.create().uint32(0x08).int32(code).uint32(0x12).string(text);
  const add = (type: string, message: Uint8Array): void => {
    writer.uint32(0x1a).fork().uint32(0x0a).string(`type.googleapis.com/google.rpc.${type}`);
    writer.uint32(0x12).bytes(message).ldelim();
  };
  add("ErrorInfo", errorInfo(error.reason, error.metadata));
  if (error.facts.retryAfterMs !== undefined) {
    const retry = protobuf.Writer.create();
    writeMilliseconds(retry, 0x0a, error.facts.retryAfterMs);
    add("RetryInfo", retry.finish());
  }
  if (error.field !== undefined) add("BadRequest", badRequest(error.field, text));
  return asBuffer(writer.finish());
}

function errorInfo(reason: Reason, metadata: Readonly<Record<string, string>>): Uint8Array {
  const writer = protobuf.Writer.create().uint32(0x0a).string(reason).uint32(0x12).string(ERROR_DOMAIN);
  for (const [key, value] of Object.entries(metadata))
    writer
      .uint32(0x1a)
      .fork()
      .uint32(0x0a)
      .string(key)
      .uint32(0x12)
      .string(cut(value.toWellFormed()))
      .ldelim();
  return writer.finish();
}

function badRequest(field: string, description: string): Uint8Array {
  const writer = protobuf.Writer.create().uint32(0x0a).fork();
  return writer.uint32(0x0a).string(field).uint32(0x12).string(description).ldelim().finish();
}

function cut(text: string): string {
  return text.length <= TEXT_LIMIT ? text : `${text.slice(0, TEXT_LIMIT).toWellFormed()}…`;
}

/** The innermost line of our own code, without its text: a stack's message could hold anything. */
function placeOf(error: Error): string | undefined {
  const frame = error.stack?.split("\n").find((line) => /^\s+at /.test(line));
  return frame?.replace(/^\s+at /, "").replace(/\(?(file:\/\/)?\/[^\s()]*\/([^/\s()]+:\d+:\d+)\)?$/, "$2");
}
