/**
 * Joins a complete set of parts to one credential and verifies its hash. Only then are values decompressed and the
 * content checked, as if it had come in one Secret. Called by `src/core/snapshot/part-sets.ts`.
 */
import { createHash } from "node:crypto";
import type { Credential } from "../../core/credential/credential.ts";
import type { JoinParts } from "../../core/snapshot/part-sets.ts";
import type { Problem } from "../../core/credential/problem.ts";
import { SecretValue } from "../../core/credential/secret-value.ts";
import { decodeContent } from "../content/content-encoding.ts";
import { inspectContent } from "../content/inspect-content.ts";
import type { DecodeOptions } from "./decode-secret.ts";
import { problem } from "../content/problem-reasons.ts";

type Data = ReadonlyMap<string, SecretValue>;

/** Creates the join function. Type, labels and annotations of the result are those of part 0. */
export function createJoinParts(options: DecodeOptions): JoinParts {
  return (parts, name) => {
    const [first] = parts;
    const data = first === undefined ? undefined : joinedData(parts, first.part?.sha256 ?? "");
    if (first === undefined || data === undefined) return mismatch();
    const decoded = decodeContent(data, first.annotations);
    if ("reason" in decoded) return decoded;
    const { type, annotations } = first;
    const { expiry, problems } = inspectContent({
      name,
      type,
      data: decoded,
      annotations,
      options,
      isUnpacked: true,
    });
    return {
      ...first,
      data: decoded,
      immutable: parts.every(({ immutable }) => immutable),
      expiry,
      problems,
    };
  };
}

/** The joined data that matches the hash; undefined if two parts have the same key or nothing matches. */
function joinedData(parts: readonly Credential[], sha256: string): Data | undefined {
  const all = new Map<string, SecretValue>();
  for (const { data } of parts)
    for (const [key, value] of data) {
      if (all.has(key)) return undefined;
      all.set(key, value);
    }
  const joined = joinSplitValues(all);
  // `a.0` and `a.1` can be pieces of `a` or two keys with these names. The hash decides.
  return [joined, sorted(all)].find((data) => hashOf(data) === sha256);
}

/** Joins `KEY.0`, `KEY.1`, … to KEY if there are at least two, without a gap, and KEY itself does not exist. */
function joinSplitValues(all: Data): Data {
  const joined = new Map(all);
  for (const key of all.keys()) {
    const joinedKey = key.endsWith(".0") ? key.slice(0, -2) : "";
    if (joinedKey === "" || all.has(joinedKey)) continue;
    const pieces: SecretValue[] = [];
    for (
      let piece = all.get(key);
      piece !== undefined;
      piece = all.get(`${joinedKey}.${String(pieces.length)}`)
    )
      pieces.push(piece);
    if (pieces.length < 2) continue;
    for (let index = 0; index < pieces.length; index += 1) joined.delete(`${joinedKey}.${String(index)}`);
    joined.set(joinedKey, concatenated(pieces));
  }
  return sorted(joined);
}

function concatenated(pieces: readonly SecretValue[]): SecretValue {
  const sizeBytes = pieces.reduce((sum, piece) => sum + piece.sizeBytes, 0);
  const bytes = Buffer.allocUnsafeSlow(sizeBytes);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece.reveal(), at);
    at += piece.sizeBytes;
  }
  return new SecretValue(bytes);
}

function sorted(data: Data): Data {
  return new Map([...data].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * SHA-256 over the keys in ascending order: key, NUL, size in decimal, NUL, bytes. The sizes make the boundary between a
 * value and the next key unambiguous. docs/lifetimes.md shows the same as a shell command.
 */
function hashOf(data: Data): string {
  const hash = createHash("sha256");
  for (const [key, value] of data) hash.update(`${key}\0${String(value.sizeBytes)}\0`).update(value.reveal());
  return hash.digest("hex");
}

function mismatch(): Problem {
  const message =
    "The parts do not match podkey.dev/part-sha256; write all of them again with the hash of the joined keys and bytes.";
  return problem("PARTS_MISMATCH", message);
}
