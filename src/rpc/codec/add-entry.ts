/** Adds an entry to a list of a request, or refuses it, so that a decoder stops at the first entry over a limit. */
import { PodkeyError } from "../../core/errors/errors.ts";
import { NAMES_LIMIT, TYPE_LIMIT_BYTES, TYPES_LIMIT, withCommas } from "../../core/errors/request-limits.ts";

/** Adds a name or key. @throws PodkeyError BAD_NAME over the limit. */
export function addName(names: string[], name: string, field: string): void {
  if (names.length >= NAMES_LIMIT)
    throw new PodkeyError(
      "BAD_NAME",
      `\`${field}\` has more than ${withCommas(NAMES_LIMIT)} entries; use several calls or a selector.`,
      { field, metadata: { limit: String(NAMES_LIMIT) } },
    );
  names.push(name);
}

/** Adds a type. @throws PodkeyError BAD_SELECTOR over a limit. */
export function addType(types: string[], type: string): void {
  if (types.length >= TYPES_LIMIT) throw badTypes("more than", TYPES_LIMIT, "entries");
  if (Buffer.byteLength(type) > TYPE_LIMIT_BYTES)
    throw badTypes("an entry of more than", TYPE_LIMIT_BYTES, "bytes");
  types.push(type);
}

function badTypes(what: string, limit: number, unit: string): PodkeyError {
  return new PodkeyError(
    "BAD_SELECTOR",
    `\`types\` has ${what} ${String(limit)} ${unit}; use fewer types, or a label selector.`,
    { field: "types", metadata: { limit: String(limit) } },
  );
}
