/**
 * Reads the times in a JWT without verifying it: podkey only reports when a token expires. Any input gives claims or
 * undefined, never an exception.
 */
import { readJsonObject } from "./json-object.ts";

/** The claims that podkey reads; times in milliseconds since the epoch. */
export interface JwtClaims {
  readonly subject: string | undefined;
  readonly expiresAtMs: number | undefined;
  /** The later of `nbf` and `iat`. */
  readonly startsAtMs: number | undefined;
}

/** Tokens of an API server are 1 to 2 KiB. Larger values are not parsed. */
const MAX_TOKEN_BYTES = 64 * 1024;
/** 9999-12-31T23:59:59Z, the last second of a protobuf Timestamp. */
const MAX_SECONDS = 253_402_300_799;

/** Claims of a compact JWT; undefined if the bytes are not one. */
export function readJwtClaims(bytes: Uint8Array): JwtClaims | undefined {
  if (bytes.byteLength > MAX_TOKEN_BYTES) return undefined;
  const parts = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString("latin1")
    .trim()
    .split(".");
  const [header, payload] = parts;
  if (parts.length !== 3 || header === undefined || payload === undefined) return undefined;
  const claims = readJsonObject(Buffer.from(payload, "base64url"));
  if (readJsonObject(Buffer.from(header, "base64url")) === undefined || claims === undefined)
    return undefined;
  const starts = [seconds(claims["nbf"]), seconds(claims["iat"])].filter((at) => at !== undefined);
  const subject = claims["sub"];
  return {
    subject: typeof subject === "string" ? subject : undefined,
    expiresAtMs: seconds(claims["exp"]),
    startsAtMs: starts.length === 0 ? undefined : Math.max(...starts),
  };
}

function seconds(claim: unknown): number | undefined {
  return typeof claim === "number" && claim >= 0 && claim <= MAX_SECONDS
    ? Math.floor(claim * 1000)
    : undefined;
}
