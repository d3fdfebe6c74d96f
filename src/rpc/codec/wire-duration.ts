/**
 * Converts between milliseconds and google.protobuf.Duration or Timestamp. Requests contain durations, whose range is
 * checked here. Answers contain both.
 */
import type { Reader, Writer } from "protobufjs/minimal.js";
import { PodkeyError } from "../../core/errors/errors.ts";

/** A Duration as received, unchecked. */
export interface WireDuration {
  readonly seconds: number;
  readonly nanos: number;
}

/** Largest seconds of a Duration (10,000 years), after google/protobuf/duration.proto. */
const SECONDS_LIMIT = 315_576_000_000;

/** Reads a Duration of `length` bytes at the reader's position. Unknown fields are skipped. */
export function readDuration(reader: Reader, length: number): WireDuration {
  const end = reader.pos + length;
  let seconds = 0;
  let nanos = 0;
  while (reader.pos < end) {
    const tag = reader.uint32();
    if (tag === 8) seconds = Number(reader.int64());
    else if (tag === 16) nanos = reader.int32();
    else reader.skipType(tag & 7);
  }
  return { seconds, nanos };
}

/**
 * Milliseconds of a duration.
 * @throws PodkeyError BAD_DURATION if it is out of range or its parts differ in sign.
 */
export function durationMs(duration: WireDuration, field: string): number {
  const { seconds, nanos } = duration;
  if (Math.abs(seconds) > SECONDS_LIMIT || Math.abs(nanos) > 999_999_999 || seconds * nanos < 0)
    throw new PodkeyError(
      "BAD_DURATION",
      `\`${field}\` is not a valid duration: seconds and nanos must have the same sign, and nanos at most nine digits.`,
      { field },
    );
  return seconds * 1000 + nanos / 1e6;
}

/** Writes milliseconds (of the epoch, or of a duration; 0 or more) as the message in field `tag >> 3`. */
export function writeMilliseconds(writer: Writer, tag: number, ms: number): void {
  const seconds = Math.floor(ms / 1000);
  const nanos = Math.round((ms - seconds * 1000) * 1e6);
  writer.uint32(tag).fork();
  if (seconds !== 0) writer.uint32(8).int64(seconds);
  if (nanos !== 0) writer.uint32(16).int32(Math.min(nanos, 999_999_999));
  writer.ldelim();
}
