/**
 * Parses and formats one kind of option value. A codec parses the text of a flag, a `PODKEY_*` variable or a scalar in the
 * file, so `30m` has the same meaning in all three. schema.ts assigns a codec to every option.
 */

/** A value, or one sentence with what is wrong and what is allowed. */
export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: string };

/** The JSON Schema of the value in the file. */
export type JsonSchemaFragment = Readonly<Record<string, unknown>>;

/** One kind of value. */
export interface Codec<T> {
  /** The value in `--help`: `DURATION`, `FILE`; empty for an on/off flag. */
  readonly placeholder: string;
  /** Several values: the flag can be repeated, the file can contain a list, a text is split at commas. */
  readonly list: boolean;
  readonly parse: (text: string) => Parsed<T>;
  /** A text that `parse` converts back to the same value. */
  readonly format: (value: T) => string;
  readonly jsonSchema: JsonSchemaFragment;
}

/** A parsed value. */
export function accepted<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

/** A rejected text. `problem` is one sentence without the name of the option. */
export function refused(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}

/** Any text that is not empty: paths, context names. */
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
    return refused(`"${text}" is not valid; write true or false`);
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

/** The same codec for an option that can be unset. */
export function optional<T>(codec: Codec<T>): Codec<T | undefined> {
  return { ...codec, format: (value) => (value === undefined ? "" : codec.format(value)) };
}
