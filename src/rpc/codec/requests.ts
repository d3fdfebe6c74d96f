/**
 * Decodes the three requests of CredentialService by hand: they are small, and run-time descriptors would cost 45 ms and
 * 3.4 MB at every start. `test/property/rpc/requests.test.ts` compares this file with the descriptors. The decoders throw
 * where the bytes are not such a message; `requestDecoder` turns that into BAD_REQUEST.
 */
import { addName, addType } from "./add-entry.ts";
import type { WireDuration } from "./wire-duration.ts";
import { readDuration } from "./wire-duration.ts";
import { WireReader } from "./wire-reader.ts";

/** How much of a credential is sent. In a request undefined stands for the default of the method. */
export type Detail = "metadata" | "full";

/** Message `podkey.v1.GetRequest`. */
export interface GetRequest {
  namespace: string;
  name: string;
  keys: string[];
  detail: Detail | undefined;
  previous: boolean;
  maxAge: WireDuration | undefined;
}

/** The filters, which List and Watch share. A new one does not compile until `request/filter.ts` reads it. */
export interface FilterRequest {
  namespace: string;
  names: string[];
  labelSelector: string;
  types: string[];
  detail: Detail | undefined;
}

/** Message `podkey.v1.ListRequest`. */
export interface ListRequest extends FilterRequest {
  pageSize: number;
  pageToken: string;
  maxAge: WireDuration | undefined;
}

/** Message `podkey.v1.WatchRequest`. */
export interface WatchRequest extends FilterRequest {
  resumeToken: string;
  requireResume: boolean;
  heartbeatInterval: WireDuration | undefined;
}

const STRING_1 = 0x0a;
const STRING_2 = 0x12;
const STRING_3 = 0x1a;
const STRING_4 = 0x22;
const VARINT_4 = 0x20;
const VARINT_5 = 0x28;
const VARINT_6 = 0x30;
const BYTES_6 = 0x32;
const VARINT_7 = 0x38;
const BYTES_7 = 0x3a;
const BYTES_8 = 0x42;

/** Decodes a GetRequest. An enum value of a later version counts as unspecified. */
export function decodeGetRequest(bytes: Uint8Array): GetRequest {
  const request: GetRequest = {
    namespace: "",
    name: "",
    keys: [],
    detail: undefined,
    previous: false,
    maxAge: undefined,
  };
  const reader = new WireReader(bytes);
  while (reader.next()) {
    const { tag } = reader;
    if (tag === STRING_1) request.namespace = reader.string();
    else if (tag === STRING_2) request.name = reader.string();
    else if (tag === STRING_3) addName(request.keys, reader.string(), "keys");
    else if (tag === VARINT_4) request.detail = detailOf(reader.int32());
    else if (tag === VARINT_5) request.previous = reader.int32() === 2;
    else if (tag === BYTES_6) request.maxAge = readDuration(reader, request.maxAge);
    else reader.skip();
  }
  return request;
}

/** Decodes a ListRequest. */
export function decodeListRequest(bytes: Uint8Array): ListRequest {
  const request: ListRequest = { ...emptyFilter(), pageSize: 0, pageToken: "", maxAge: undefined };
  const reader = new WireReader(bytes);
  while (reader.next()) {
    const { tag } = reader;
    if (tag === VARINT_6) request.pageSize = reader.int32();
    else if (tag === BYTES_7) request.pageToken = reader.string();
    else if (tag === BYTES_8) request.maxAge = readDuration(reader, request.maxAge);
    else readFilterField(reader, request);
  }
  return request;
}

/** Decodes a WatchRequest. */
export function decodeWatchRequest(bytes: Uint8Array): WatchRequest {
  const request: WatchRequest = {
    ...emptyFilter(),
    resumeToken: "",
    requireResume: false,
    heartbeatInterval: undefined,
  };
  const reader = new WireReader(bytes);
  while (reader.next()) {
    const { tag } = reader;
    if (tag === BYTES_6) request.resumeToken = reader.string();
    else if (tag === VARINT_7) request.requireResume = reader.bool();
    else if (tag === BYTES_8) request.heartbeatInterval = readDuration(reader, request.heartbeatInterval);
    else readFilterField(reader, request);
  }
  return request;
}

function emptyFilter(): FilterRequest {
  return { namespace: "", names: [], labelSelector: "", types: [], detail: undefined };
}

function readFilterField(reader: WireReader, into: FilterRequest): void {
  const { tag } = reader;
  if (tag === STRING_1) into.namespace = reader.string();
  else if (tag === STRING_2) addName(into.names, reader.string(), "names");
  else if (tag === STRING_3) into.labelSelector = reader.string();
  else if (tag === STRING_4) addType(into.types, reader.string());
  else if (tag === VARINT_5) into.detail = detailOf(reader.int32());
  else reader.skip();
}

function detailOf(view: number): Detail | undefined {
  if (view === 1) return "metadata";
  return view === 2 ? "full" : undefined;
}
