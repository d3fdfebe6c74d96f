/**
 * Converts between milliseconds and google.protobuf.Duration or Timestamp. Requests contain durations, whose range is
 * checked here. Answers contain both.
 */
import type { Writer } from "protobufjs/minimal.js";
import { PodkeyError } from "../../core/errors/errors.ts";
import type { WireReader } from "./wire-reader.ts";

/** A Duration as received, unchecked. */
export interface WireDuration {
  readonly seconds: number;
  readonly nanos: number;
}

/** Largest seconds of a Duration (10,000 years), after google/protobuf/duration.proto. */
const SECONDS_LIMIT = 315_576_000_000;

/** Reads the current field as a Duration; where the field occurs again, its parts merge, as protobuf requires. */
export function readDuration(reader: WireReader, before: WireDuration | undefined): WireDuration {
  let { seconds, nanos } = before ?? { seconds: 0, nanos: 0 };
  reader.message(() => {
    while (reader.next())
      if (reader.tag === 8) seconds = reader.int64();
      else if (reader.tag === 16) nanos = reader.int32();
      else reader.skip();
  });
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
