/**
 * The fields of an answer beside its credentials: Revision, Freshness, strings and numbers. Each function returns a
 * complete field (tag, length, content), which is one part of a `Reply`.
 */
import protobuf from "protobufjs/minimal.js";
import type { Clock } from "../../core/time/clock.ts";
import type { Freshness } from "../../core/time/freshness.ts";
import { writeMilliseconds } from "./wire-duration.ts";

/** Tag of a length-delimited field. */
export function bytesTag(field: number): number {
  return (field << 3) | 2;
}

/** Message Revision as this field. */
export function revisionField(field: number, epoch: string, number: number): Buffer {
  const writer = protobuf.Writer.create().uint32(bytesTag(field)).fork();
  if (epoch !== "") writer.uint32(0x0a).string(epoch);
  if (number !== 0) writer.uint32(0x10).uint64(number);
  return asBuffer(writer.ldelim().finish());
}

/** Message Freshness as this field. Its timestamps are the wall clock now minus the ages. */
export function freshnessField(field: number, freshness: Freshness, clock: Clock): Buffer {
  const { ageMs, contactAgeMs, reason } = freshness;
  const wallMs = clock.wallMs();
  const writer = protobuf.Writer.create().uint32(bytesTag(field)).fork();
  writer.uint32(0x08).int32(freshness.state === "FRESH" ? 1 : 2);
  if (ageMs !== undefined) {
    writeMilliseconds(writer, 0x12, wallMs - ageMs);
    writeMilliseconds(writer, 0x1a, ageMs);
  }
  if (reason !== undefined) writer.uint32(0x22).string(reason);
  if (contactAgeMs !== undefined) writeMilliseconds(writer, 0x2a, wallMs - contactAgeMs);
  return asBuffer(writer.ldelim().finish());
}

/** A string field; nothing for an empty string. */
export function stringField(field: number, value: string): Buffer {
  if (value === "") return Buffer.alloc(0);
  return asBuffer(protobuf.Writer.create().uint32(bytesTag(field)).string(value).finish());
}

/** A field of a 32-bit number, 0 or more; nothing for 0. */
export function numberField(field: number, value: number): Buffer {
  if (value === 0) return Buffer.alloc(0);
  return asBuffer(
    protobuf.Writer.create()
      .uint32(field << 3)
      .int32(value)
      .finish(),
  );
}

/** The same bytes as a Buffer, without a copy. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
