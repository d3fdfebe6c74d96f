/**
 * Encodes credentials. Each entry of a view is encoded once for each detail, however many clients read it. The bytes are
 * memoised by entry in a WeakMap, so they are freed with the entry. CredentialService reveals values only here.
 */
import type { Writer } from "protobufjs/minimal.js";
import protobuf from "protobufjs/minimal.js";
import type { StringMap } from "../../core/credential/credential.ts";
import type { Problem } from "../../core/credential/problem.ts";
import type { SecretValue } from "../../core/credential/secret-value.ts";
import { CREDENTIAL_LIMIT_BYTES, tooLarge } from "../../core/credential/too-large.ts";
import type { ViewEntry } from "../../core/view/view.ts";
import { asBuffer } from "./answers.ts";
import type { Detail } from "./requests.ts";
import { writeMilliseconds } from "./wire-duration.ts";

/** Field 1, length-delimited. */
const CREDENTIAL_TAG = 0x0a;

const TOO_LARGE = tooLarge([]);

interface Encoded {
  full: Buffer | undefined;
  metadata: Buffer | undefined;
}

const encodedByEntry = new WeakMap<ViewEntry, Encoded>();

/** Field 1 (GetResponse.credential, ListResponse.credentials, Change.changed) with all keys of the view; memoised. */
export function credentialField(entry: ViewEntry, detail: Detail): Buffer {
  let encoded = encodedByEntry.get(entry);
  if (encoded === undefined) {
    encoded = { full: undefined, metadata: undefined };
    encodedByEntry.set(entry, encoded);
  }
  return (encoded[detail] ??= encodeCredential(currentContent(entry), detail));
}

/** The same with these keys only, which the entry must have; not memoised. */
export function keysField(entry: ViewEntry, keys: ReadonlySet<string>, detail: Detail): Buffer {
  return encodeCredential(onlyKeys(currentContent(entry), keys), detail);
}

/** Field 1 with the data before the last change; the entry must have it. */
export function previousField(
  entry: ViewEntry & { readonly previous: NonNullable<ViewEntry["previous"]> },
  keys: ReadonlySet<string> | undefined,
  detail: Detail,
): Buffer {
  const { previous } = entry;
  const content: Content = {
    ...currentContent(entry),
    data: previous.data,
    type: previous.type,
    resourceVersion: previous.resourceVersion,
    revision: previous.revision,
    observeTimeMs: previous.observeTimeMs,
    // Both describe the current data.
    expireTimeMs: undefined,
    problems: [],
  };
  return encodeCredential(keys === undefined ? content : onlyKeys(content, keys), detail);
}

interface Content {
  readonly entry: ViewEntry;
  readonly type: string;
  readonly data: ReadonlyMap<string, SecretValue>;
  readonly resourceVersion: string;
  readonly revision: number;
  readonly observeTimeMs: number;
  readonly expireTimeMs: number | undefined;
  readonly problems: readonly Problem[];
}

function currentContent(entry: ViewEntry): Content {
  const { credential } = entry;
  return {
    entry,
    type: credential.type,
    data: credential.data,
    resourceVersion: credential.resourceVersion,
    revision: entry.revision,
    observeTimeMs: entry.observeTimeMs,
    expireTimeMs: credential.expiry?.atMs,
    problems: credential.problems,
  };
}

function onlyKeys(content: Content, keys: ReadonlySet<string>): Content {
  return { ...content, data: new Map([...content.data].filter(([key]) => keys.has(key))) };
}

function encodeCredential(decoded: Content, detail: Detail): Buffer {
  // The source sets TOO_LARGE for all keys together. Here it depends on the keys of this answer.
  const problems = decoded.problems.filter(({ reason }) => reason !== TOO_LARGE.reason);
  const content = problems.length === decoded.problems.length ? decoded : { ...decoded, problems };
  let dataBytes = 0;
  for (const value of content.data.values()) dataBytes += value.sizeBytes;
  if (dataBytes <= CREDENTIAL_LIMIT_BYTES) {
    const field = writeCredential(content, detail);
    if (field.byteLength <= CREDENTIAL_LIMIT_BYTES) return field;
  }
  return writeCredential({ ...content, problems: [...problems, TOO_LARGE] }, "metadata");
}

function writeCredential(content: Content, detail: Detail): Buffer {
  const { credential, previous } = content.entry;
  const writer = protobuf.Writer.create().uint32(CREDENTIAL_TAG).fork();
  writer.uint32(0x0a).string(credential.namespace).uint32(0x12).string(credential.name);
  writer.uint32(0x1a).string(content.type);
  if (detail === "full")
    for (const [key, value] of content.data)
      writer.uint32(0x22).fork().uint32(0x0a).string(key).uint32(0x12).bytes(value.reveal()).ldelim();
  for (const [key, value] of content.data) writeKeyInfo(writer, key, value.sizeBytes);
  writeStringMap(writer, 0x32, credential.labels);
  writeStringMap(writer, 0x3a, credential.annotations);
  if (credential.uid !== "") writer.uint32(0x42).string(credential.uid);
  if (content.resourceVersion !== "") writer.uint32(0x4a).string(content.resourceVersion);
  writer.uint32(0x50).uint64(content.revision);
  if (credential.createTimeMs !== undefined) writeMilliseconds(writer, 0x5a, credential.createTimeMs);
  writeMilliseconds(writer, 0x62, content.observeTimeMs);
  if (content.expireTimeMs !== undefined) writeMilliseconds(writer, 0x6a, content.expireTimeMs);
  if (credential.immutable) writer.uint32(0x70).bool(true);
  if (previous !== undefined) writeMilliseconds(writer, 0x7a, previous.untilMs);
  for (const problem of content.problems) writeProblem(writer, problem);
  return asBuffer(writer.ldelim().finish());
}

function writeKeyInfo(writer: Writer, key: string, sizeBytes: number): void {
  writer.uint32(0x2a).fork().uint32(0x0a).string(key);
  if (sizeBytes > 0) writer.uint32(0x10).int64(sizeBytes);
  writer.ldelim();
}

function writeStringMap(writer: Writer, tag: number, map: StringMap): void {
  for (const [key, value] of Object.entries(map))
    writer.uint32(tag).fork().uint32(0x0a).string(key).uint32(0x12).string(value).ldelim();
}

function writeProblem(writer: Writer, problem: Problem): void {
  // Field 16: the first tag of two bytes (16 << 3 | 2 = 130).
  writer.uint32(130).fork().uint32(0x0a).string(problem.reason);
  if (problem.key !== "") writer.uint32(0x12).string(problem.key);
  writer.uint32(0x1a).string(problem.message);
  if (problem.contentOutdated) writer.uint32(0x20).bool(true);
  writer.ldelim();
}
