/**
 * grpc.reflection.v1 and v1alpha (the same messages under two names), from the FileDescriptorSet that buf built. The npm
 * package is not used: it fails on map fields, of which Credential has three, and reads protos at run time.
 */
import type { ServerDuplexStream } from "@grpc/grpc-js";
import { status as Status } from "@grpc/grpc-js";
import protobuf from "protobufjs/minimal.js";
import { asBuffer } from "../codec/answers.ts";
import type { Reply } from "../codec/reply.ts";
import { WireReader } from "../codec/wire-reader.ts";
import { indexDescriptors, withDependencies } from "./descriptor-index.ts";
import type { DescriptorFile, DescriptorIndex } from "./descriptor-index.ts";
import type { OpenStream } from "../call/streaming.ts";

/** Full names of the service, newest version first. */
export const REFLECTION_SERVICES = [
  "grpc.reflection.v1.ServerReflection",
  "grpc.reflection.v1alpha.ServerReflection",
] as const;

/** Message ServerReflectionRequest. */
export interface ReflectionRequest {
  /** The encoded request, which the answer repeats. */
  readonly bytes: Uint8Array;
  readonly host: string;
  readonly ask:
    | { readonly kind: "file" | "symbol" | "extension" | "extension-numbers"; readonly name: string }
    | { readonly kind: "services" }
    | { readonly kind: "nothing" };
}

/** Call of the method ServerReflectionInfo. */
export type ReflectionCall = ServerDuplexStream<ReflectionRequest, Reply>;

/** @throws if the bytes are malformed. */
export function decodeReflectionRequest(bytes: Uint8Array): ReflectionRequest {
  const reader = new WireReader(bytes);
  let host = "";
  let ask: ReflectionRequest["ask"] = { kind: "nothing" };
  while (reader.next()) {
    const { tag } = reader;
    if (tag === 0x0a) host = reader.string();
    else if (tag === 0x1a) ask = { kind: "file", name: reader.string() };
    else if (tag === 0x22) ask = { kind: "symbol", name: reader.string() };
    else if (tag === 0x2a) ask = { kind: "extension", name: extensionType(reader) };
    else if (tag === 0x32) ask = { kind: "extension-numbers", name: reader.string() };
    else if (tag === 0x3a) {
      reader.string();
      ask = { kind: "services" };
    } else reader.skip();
  }
  return { bytes, host, ask };
}

function extensionType(reader: WireReader): string {
  let type = "";
  reader.message(() => {
    while (reader.next())
      if (reader.tag === 0x0a) type = reader.string();
      else reader.skip();
  });
  return type;
}

/** See the file comment. The set is indexed at the first request, because most processes never get one. */
export class Reflection {
  readonly #set: Uint8Array;
  #index: DescriptorIndex | undefined;

  constructor(descriptorSet: Uint8Array) {
    this.#set = descriptorSet;
  }

  /** Method ServerReflectionInfo. Reads the next request when the transport has taken the last answer. */
  open(stream: OpenStream, call: ReflectionCall): () => void {
    call.on("data", (request: ReflectionRequest) => {
      call.pause();
      try {
        stream.send([this.answer(request)], () => call.resume());
      } catch (thrown) {
        stream.fail(thrown);
      }
    });
    call.once("end", () => stream.end(undefined));
    return () => undefined;
  }

  /** Message ServerReflectionResponse to a request. */
  answer(request: ReflectionRequest): Buffer {
    this.#index ??= indexDescriptors(this.#set);
    const writer = protobuf.Writer.create();
    if (request.host !== "") writer.uint32(0x0a).string(request.host);
    writer.uint32(0x12).bytes(request.bytes);
    const { ask } = request;
    switch (ask.kind) {
      case "services":
        writer.uint32(0x32).bytes(serviceList(this.#index.services));
        break;
      case "file":
        writeFile(writer, this.#index, this.#index.files.get(ask.name), ask.name);
        break;
      case "symbol":
        writeFile(writer, this.#index, this.#index.symbols.get(ask.name), ask.name);
        break;
      case "extension":
      case "extension-numbers":
        writeError(writer, Status.NOT_FOUND, `"${ask.name}" has no extensions on this server.`);
        break;
      case "nothing":
        writeError(writer, Status.INVALID_ARGUMENT, "The request has no message_request.");
    }
    return asBuffer(writer.finish());
  }
}

function writeFile(
  writer: protobuf.Writer,
  index: DescriptorIndex,
  file: DescriptorFile | undefined,
  name: string,
): void {
  if (file === undefined) {
    writeError(writer, Status.NOT_FOUND, `"${name}" does not exist on this server.`);
    return;
  }
  writer.uint32(0x22).fork();
  for (const one of withDependencies(index, file)) writer.uint32(0x0a).bytes(one.bytes);
  writer.ldelim();
}

function writeError(writer: protobuf.Writer, code: number, message: string): void {
  writer.uint32(0x3a).fork().uint32(0x08).int32(code).uint32(0x12).string(message).ldelim();
}

function serviceList(services: readonly string[]): Uint8Array {
  const writer = protobuf.Writer.create();
  for (const service of services) writer.uint32(0x0a).fork().uint32(0x0a).string(service).ldelim();
  return writer.finish();
}
