/**
 * Unique values, and the search for them in all output of a process: unchanged, in base64 at any offset, in hexadecimal,
 * percent-encoded, and as a list of bytes.
 */
import { randomBytes } from "node:crypto";

/** A set of canaries. */
export class Canaries {
  readonly #values = new Map<string, string>();

  /** A new value; `place` names it if it is found. */
  plant(place: string): string {
    const value = `canary-${randomBytes(12).toString("hex")}`;
    this.#values.set(place, value);
    return value;
  }

  /** The places whose value is in the text, with its form. */
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
  // Base64 depends on the offset in the stream: there are three alignments.
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
