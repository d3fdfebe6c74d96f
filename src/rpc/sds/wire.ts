/**
 * The messages of Envoy's Secret Discovery Service (envoy.service.secret.v3), decoded and encoded by hand, because podkey
 * uses few of their fields. test/property/rpc/sds.test.ts compares this file with the vendored definitions.
 */
import protobuf from "protobufjs/minimal.js";
import type { SecretValue } from "../../core/credential/secret-value.ts";
import type { ConsumerView } from "../../core/view/consumer-view.ts";
import type { View } from "../../core/view/view.ts";
import { asBuffer, stringField } from "../codec/answers.ts";
import { fieldHeader, replySizeBytes } from "../codec/reply.ts";
import type { Reply } from "../codec/reply.ts";
import { addName } from "../codec/add-entry.ts";
import { WireReader } from "../codec/wire-reader.ts";

/** Type URL of the only resource type of SDS. */
export const SECRET_TYPE = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

/** Characters of `Node.id` that are kept, for the log. */
const NODE_ID_LENGTH = 64;

/** The fields of message `envoy.service.discovery.v3.DiscoveryRequest` that podkey uses. */
export interface DiscoveryRequest {
  /** Node.id, chosen by the client. */
  nodeId: string;
  resourceNames: string[];
  typeUrl: string;
  /** The response that this request answers; empty in the first one. */
  responseNonce: string;
  /** gRPC code of the refusal; undefined if the response was not refused. */
  errorCode: number | undefined;
}

/** Decodes a DiscoveryRequest. `version_info` is skipped: the nonce identifies the response. */
export function decodeDiscoveryRequest(bytes: Uint8Array): DiscoveryRequest {
  const request: DiscoveryRequest = {
    nodeId: "",
    resourceNames: [],
    typeUrl: "",
    responseNonce: "",
    errorCode: undefined,
  };
  const reader = new WireReader(bytes);
  while (reader.next()) {
    const { tag } = reader;
    if (tag === 0x12) readNode(reader, request);
    else if (tag === 0x1a) addName(request.resourceNames, reader.string(), "resource_names");
    else if (tag === 0x22) request.typeUrl = reader.string();
    else if (tag === 0x2a) request.responseNonce = reader.string();
    else if (tag === 0x32) readError(reader, request);
    else reader.skip();
  }
  return request;
}

/** Field `id` of message Node. */
function readNode(reader: WireReader, into: DiscoveryRequest): void {
  reader.message(() => {
    while (reader.next())
      if (reader.tag === 0x0a) into.nodeId = cut(reader.string());
      else reader.skip();
  });
}

/** A copy: a slice would keep the whole text in memory. */
function cut(text: string): string {
  return text.length <= NODE_ID_LENGTH ? text : Buffer.from(text.slice(0, NODE_ID_LENGTH)).toString();
}

/** Field `code` of message google.rpc.Status. Its `message` may quote a certificate, so it is not read. */
function readError(reader: WireReader, into: DiscoveryRequest): void {
  into.errorCode ??= 0;
  reader.message(() => {
    while (reader.next())
      if (reader.tag === 0x08) into.errorCode = reader.int32();
      else reader.skip();
  });
}

/** The values of one resource. */
export type SecretMaterial =
  | { readonly kind: "certificate"; readonly chain: SecretValue; readonly key: SecretValue }
  | { readonly kind: "authority"; readonly trusted: SecretValue };

/** An answer has at most this many bytes: clients accept 4 MiB by default. */
export const SDS_ANSWER_LIMIT_BYTES = 3.5 * 1024 * 1024;

/** Bytes that an answer needs beside its resources (version, type and nonce), at most. */
export const SDS_HEAD_BYTES = 1024;

/** Message Secret, wrapped in an Any, as field `resources` of a DiscoveryResponse. The values are not copied. */
export function resourceField(name: string, material: SecretMaterial): Reply {
  const secret =
    material.kind === "certificate"
      ? field(0x12, [...inlineField(0x0a, material.chain), ...inlineField(0x12, material.key)])
      : field(0x22, inlineField(0x0a, material.trusted));
  const any = [TYPE_URL_FIELD, ...field(0x12, [stringField(1, name), ...secret])];
  return field(0x12, any);
}

const TYPE_URL_FIELD = stringField(1, SECRET_TYPE);

/** Message DataSource with `inline_bytes`. */
function inlineField(tag: number, value: SecretValue): Reply {
  return field(tag, field(0x12, [value.reveal()]));
}

/** A length-delimited field with this content. */
function field(tag: number, content: Reply): Reply {
  return [fieldHeader(tag, replySizeBytes(content)), ...content];
}

/** The fields of a DiscoveryResponse other than its resources. */
export function responseHead(version: string, nonce: string): Buffer {
  const writer = protobuf.Writer.create().uint32(0x0a).string(version);
  writer.uint32(0x22).string(SECRET_TYPE);
  if (nonce !== "") writer.uint32(0x2a).string(nonce);
  return asBuffer(writer.finish());
}

/** `version_info`: epoch and revision of the view, for example `cE3xq0tTz9Wb.14`. Clients compare it for equality only. */
export function versionText(view: Pick<ConsumerView, "epoch">, { number }: Pick<View, "number">): string {
  return `${view.epoch}.${String(number)}`;
}
