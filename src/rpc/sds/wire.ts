/**
 * The messages of Envoy's Secret Discovery Service (envoy.service.secret.v3), read and written by hand: as far as podkey
 * uses them, which is little. test/property/rpc/sds.test.ts holds this file equal to the vendored definitions.
 */
import protobuf from "protobufjs/minimal.js";
import type { SecretValue } from "../../core/credential/secret-value.ts";
import { asBuffer } from "../codec/answers.ts";

/** The one type of resource that SDS has. */
export const SECRET_TYPE = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

/** Message `envoy.service.discovery.v3.DiscoveryRequest`, what podkey reads of it. */
export interface DiscoveryRequest {
  /** Node.id: how the client calls itself. */
  nodeId: string;
  resourceNames: string[];
  typeUrl: string;
  /** Which response this answers; empty at first. */
  responseNonce: string;
  /** Set: the response was refused, with this gRPC code. */
  errorCode: number | undefined;
}

/** Decodes a DiscoveryRequest. Its `version_info` only repeats what its nonce says. */
export function decodeDiscoveryRequest(bytes: Uint8Array): DiscoveryRequest {
  const request: DiscoveryRequest = {
    nodeId: "",
    resourceNames: [],
    typeUrl: "",
    responseNonce: "",
    errorCode: undefined,
  };
  const reader = protobuf.Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 0x12) request.nodeId = idOf(reader.bytes());
    else if (tag === 0x1a) request.resourceNames.push(reader.string());
    else if (tag === 0x22) request.typeUrl = reader.string();
    else if (tag === 0x2a) request.responseNonce = reader.string();
    else if (tag === 0x32) request.errorCode = codeOf(reader.bytes());
    else reader.skipType(tag & 7);
  }
  return request;
}

/** Field `id` of message Node. */
function idOf(bytes: Uint8Array): string {
  const reader = protobuf.Reader.create(bytes);
  let id = "";
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 0x0a) id = reader.string();
    else reader.skipType(tag & 7);
  }
  return id;
}

/** Field `code` of message google.rpc.Status. Its message may quote anything, so it is not read. */
function codeOf(bytes: Uint8Array): number {
  const reader = protobuf.Reader.create(bytes);
  let code = 0;
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag === 0x08) code = reader.int32();
    else reader.skipType(tag & 7);
  }
  return code;
}

/** What one resource holds. */
export type SecretMaterial =
  | { readonly kind: "certificate"; readonly chain: SecretValue; readonly key: SecretValue }
  | { readonly kind: "authority"; readonly trusted: SecretValue };

/** Message Secret, wrapped in an Any, as field `resources` of a DiscoveryResponse. */
export function resourceField(name: string, material: SecretMaterial): Buffer {
  const writer = protobuf.Writer.create().uint32(0x12).fork();
  writer.uint32(0x0a).string(SECRET_TYPE).uint32(0x12).fork();
  writer.uint32(0x0a).string(name);
  if (material.kind === "certificate") {
    writer.uint32(0x12).fork();
    writeInline(writer, 0x0a, material.chain);
    writeInline(writer, 0x12, material.key);
    writer.ldelim();
  } else {
    writer.uint32(0x22).fork();
    writeInline(writer, 0x0a, material.trusted);
    writer.ldelim();
  }
  return asBuffer(writer.ldelim().ldelim().finish());
}

/** Message DataSource with `inline_bytes`. */
function writeInline(writer: protobuf.Writer, tag: number, value: SecretValue): void {
  writer.uint32(tag).fork().uint32(0x12).bytes(value.reveal()).ldelim();
}

/** The fields of a DiscoveryResponse beside its resources. */
export function responseHead(version: string, nonce: string): Buffer {
  const writer = protobuf.Writer.create().uint32(0x0a).string(version);
  writer.uint32(0x22).string(SECRET_TYPE);
  if (nonce !== "") writer.uint32(0x2a).string(nonce);
  return asBuffer(writer.finish());
}
