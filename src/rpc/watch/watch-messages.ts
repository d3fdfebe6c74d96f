/** The messages of a Watch: one function for each event of WatchResponse, composed of parts that all streams share. */
import protobuf from "protobufjs/minimal.js";
import type { Credential } from "../../core/credential/credential.ts";
import { withoutValues } from "../../core/view/project.ts";
import type { ViewEntry } from "../../core/view/view.ts";
import { asBuffer } from "../codec/answers.ts";
import { credentialField } from "../codec/credential.ts";
import { fieldHeader } from "../codec/reply.ts";
import type { Reply } from "../codec/reply.ts";
import type { Detail } from "../codec/requests.ts";
import type { ResetReason } from "./resume-token.ts";

/** Target size of one part of a change, in bytes; a single credential may be larger (up to 3 MiB). */
export const CHANGE_TARGET_BYTES = 1024 * 1024;

/** Credentials in one part of a change: encoding them is one turn of the event loop. */
export const CHANGE_TARGET_COUNT = 250;

/** `WatchResponse.resume_token`. */
export const RESUME_TOKEN_FIELD = 13;
/** `WatchResponse.revision`. */
export const REVISION_FIELD = 14;
/** `WatchResponse.freshness`. */
export const FRESHNESS_FIELD = 15;

/** One message of a stream. */
export interface WatchMessage {
  readonly reply: Reply;
  /** Whether it carries `freshness`, which postpones the next heartbeat. */
  readonly hasFreshness: boolean;
  /** Whether it is the last message of its delivery. */
  readonly isLast: boolean;
  /** The credentials in it, without their values. */
  readonly credentials: readonly Credential[];
}

const RESET_REASON: Readonly<Record<ResetReason, number>> = {
  INITIAL: 1,
  EPOCH_CHANGED: 2,
  COMPACTED: 3,
  REQUEST_CHANGED: 5,
  POLICY_CHANGED: 6,
};

const SYNCED = Buffer.from([0x1a, 0]);
const HEARTBEAT = Buffer.from([0x2a, 0]);
const ITEM_TAG = 0x12;
const CHANGE_TAG = 0x22;
const MORE = Buffer.from([0x18, 1]);

/** `reset`. */
export function resetMessage(reason: ResetReason): WatchMessage {
  const bytes = Buffer.from([0x0a, 2, 0x08, RESET_REASON[reason]]);
  return { reply: [bytes], hasFreshness: false, isLast: false, credentials: [] };
}

/** `item`: the memoised field 1 of the credential with another tag. */
export function itemMessage(entry: ViewEntry, detail: Detail): WatchMessage {
  const field = credentialField(entry, detail);
  const reply = [TAG_OF_ITEM, field.subarray(1)];
  return { reply, hasFreshness: false, isLast: false, credentials: [withoutValues(entry.credential)] };
}

const TAG_OF_ITEM = Buffer.from([ITEM_TAG]);

/** `synced`, with token, revision and freshness. */
export function syncedMessage(tail: Reply): WatchMessage {
  return { reply: [SYNCED, ...tail], hasFreshness: true, isLast: true, credentials: [] };
}

/** `heartbeat`, with freshness and, where the client's state is a revision, token and revision. */
export function heartbeatMessage(tail: Reply): WatchMessage {
  return { reply: [HEARTBEAT, ...tail], hasFreshness: true, isLast: true, credentials: [] };
}

/** `change` with these fields, which contain `credentials`; without a tail more parts follow. */
export function changeMessage(
  { parts, credentials }: { readonly parts: readonly Buffer[]; readonly credentials: readonly Credential[] },
  tail: Reply | undefined,
): WatchMessage {
  let sizeBytes = tail === undefined ? MORE.byteLength : 0;
  for (const part of parts) sizeBytes += part.byteLength;
  const header = fieldHeader(CHANGE_TAG, sizeBytes);
  const reply = tail === undefined ? [header, ...parts, MORE] : [header, ...parts, ...tail];
  return { reply, hasFreshness: tail !== undefined, isLast: tail !== undefined, credentials };
}

/** `Change.removed`. */
export function removedField(namespace: string, name: string, uid: string): Buffer {
  const writer = protobuf.Writer.create().uint32(0x12).fork();
  writer.uint32(0x0a).string(namespace).uint32(0x12).string(name);
  if (uid !== "") writer.uint32(0x1a).string(uid);
  return asBuffer(writer.ldelim().finish());
}
