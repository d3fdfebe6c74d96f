/**
 * Values that exist nowhere else, and the search for them in everything a process emits: as they are, in base64 at any
 * offset, in hexadecimal, percent-encoded and as JSON escapes.
 */
import { randomBytes } from "node:crypto";

/** A set of canaries. */
export class Canaries {
  readonly #values = new Map<string, string>();

  /** A new value; `place` is named if it ever shows up. */
  plant(place: string): string {
    const value = `canary-${randomBytes(12).toString("hex")}`;
    this.#values.set(place, value);
    return value;
  }

  /** The places whose value the text holds in any form, with the form. */
  foundIn(text: string): readonly string[] {
    return [...this.#values].flatMap(([place, value]) =>
      formsOf(value)
        .filter(([, form]) => text.includes(form))
        .map(([name]) => `${place} (${name})`),
    );
  }
}

function formsOf(value: string): readonly (readonly [string, string])[] {
  const bytes = Buffer.from(value);
  // Base64 depends on the offset in the stream: the middle of the three possible alignments is enough to find it.
  const aligned = [0, 1, 2].map((skip) => {
    const whole = bytes.subarray(skip, skip + Math.floor((bytes.byteLength - skip) / 3) * 3);
    return [`base64 at ${String(skip)}`, whole.toString("base64")] as const;
  });
  return [
    ["as it is", value],
    ["hex", bytes.toString("hex")],
    ["bytes", [...bytes].join(",")],
    ["percent", [...bytes].map((byte) => `%${byte.toString(16)}`).join("")],
    ["half of it", value.slice(0, 19)],
    ...aligned,
  ];
}
