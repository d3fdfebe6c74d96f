/**
 * How one kind of option value is read and written. A codec reads the text that a flag, a `PODKEY_*` variable or a
 * scalar of the file holds, so that `30m` means the same in all three; `schema.ts` gives one to every option.
 */

/** A value, or one sentence that says what is wrong with the text and what would be right. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** What JSON Schema says of the value as it stands in the file. */
export type JsonSchemaFragment = Readonly<Record<string, unknown>>;

/** One kind of value. */
export interface Codec<T> {
  /** Stands for the value in `--help`: `DURATION`, `FILE`; empty for an on/off flag. */
  readonly placeholder: string;
  /** Several values: the flag may be repeated, the file may hold a list, a text is split at commas. */
  readonly list: boolean;
  readonly parse: (text: string) => Parsed<T>;
  /** The text that `parse` reads back to the same value. */
  readonly format: (value: T) => string;
  readonly jsonSchema: JsonSchemaFragment;
}

/** A value that was read. */
export function accepted<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** A text that was refused; `problem` is one sentence without the option's name. */
export function refused(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}

/** Any text but an empty one, as paths and context names are. */
export function textCodec(placeholder: string): Codec<string> {
  return {
    placeholder,
    list: false,
    parse: (text) =>
      text === "" ? refused(`is empty; give a ${placeholder.toLowerCase()}`) : accepted(text),
    format: (value) => value,
    jsonSchema: { type: "string", minLength: 1 },
  };
}

/** `true` or `false`; the flag alone means true. */
export const switchCodec: Codec<boolean> = {
  placeholder: "",
  list: false,
  parse: (text) => {
    if (text === "true" || text === "false") return accepted(text === "true");
    return refused(`"${text}" is neither true nor false`);
  },
  format: String,
  jsonSchema: { type: "boolean" },
};

/** Several values of one kind, separated by commas. */
export function listCodec<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    placeholder: `${item.placeholder},…`,
    list: true,
    parse: (text) => {
      const values: T[] = [];
      for (const part of text.split(",")) {
        const parsed = item.parse(part.trim());
        if (!parsed.ok) return parsed;
        values.push(parsed.value);
      }
      return accepted(values);
    },
    format: (values) => values.map((value) => item.format(value)).join(","),
    jsonSchema: { oneOf: [{ type: "array", items: item.jsonSchema }, { type: "string" }] },
  };
}

/** The same codec with "not given" as one more value; what an option without a fixed default has. */
export function optional<T>(codec: Codec<T>): Codec<T | undefined> {
  return { ...codec, format: (value) => (value === undefined ? "" : codec.format(value)) };
}
