/**
 * Types YAML scalars as kubectl does, which reads YAML 1.1 with go.yaml.in/yaml/v2: `yes`, `on` and `y` are booleans;
 * `1_000`, `0b101`, `0o17` and `017` are numbers; a date is a string.
 */

/** The value of a scalar. A Secret has no field for a number, so only its type matters. */
export type YamlScalar = string | boolean | number | null;

const TRUE = ["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"];
const FALSE = ["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"];
const NULL = ["", "~", "null", "Null", "NULL"];

const WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...TRUE.map((word) => [word, true] as const),
  ...FALSE.map((word) => [word, false] as const),
  ...NULL.map((word) => [word, null] as const),
]);

const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const NOT_FINITE = /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/;
const DATE = /^[0-9]{4}-[0-9]/;

/** The value of a plain scalar without a tag. */
export function plainScalar(text: string): YamlScalar {
  const word = WORDS.get(text);
  if (word !== undefined) return word;
  if (!/^[-+.0-9]/.test(text)) return text;
  if (NOT_FINITE.test(text)) return NaN;
  return integerOf(text) === undefined && floatOf(text) === undefined ? text : 0;
}

/** The value of a scalar with a tag; undefined if the text does not have the type of the tag. */
export function taggedScalar(tag: string, text: string): YamlScalar | undefined {
  const name = tag.replace(/^!<tag:yaml\.org,2002:(.*)>$/, "!!$1");
  const value = plainScalar(text);
  switch (name) {
    case "!!int":
    case "!!float":
      return typeof value === "number" ? value : undefined;
    case "!!bool":
      return typeof value === "boolean" ? value : undefined;
    case "!!null":
      return value === null ? null : undefined;
    case "!!timestamp":
      return DATE.test(text) ? text : undefined;
    case "!!binary":
      return binaryText(text);
    default:
      return text;
  }
}

/** The text of a number as a key of a mapping; undefined if it needs an exponent or is not finite. */
export function numberKey(text: string): string | undefined {
  const integer = integerOf(text);
  if (integer !== undefined) return String(integer);
  const float = floatOf(text);
  return float === undefined ? undefined : shortestFloat(float);
}

function integerOf(text: string): bigint | undefined {
  const found = text.startsWith(".") ? null : INTEGER.exec(text.replaceAll("_", ""));
  if (found === null) return undefined;
  const [, sign, hexadecimal, binary, octal, decimal = ""] = found;
  const size =
    hexadecimal !== undefined
      ? BigInt(`0x${hexadecimal}`)
      : binary !== undefined
        ? BigInt(`0b${binary}`)
        : BigInt(octal === undefined ? decimal : `0o${octal}`);
  if (size >= 2n ** 64n) return undefined;
  return sign === "-" ? -size : size;
}

function floatOf(text: string): number | undefined {
  const digits = text.replaceAll("_", "");
  const float = FLOAT.test(digits) ? Number(digits) : NaN;
  return Number.isFinite(float) ? float : undefined;
}

/** The shortest decimal with the same 32-bit value, as sigs.k8s.io/yaml writes a key. */
function shortestFloat(float: number): string | undefined {
  const size = Math.abs(float);
  if (size !== 0 && (size < 1e-4 || size >= 1e6)) return undefined;
  for (let precision = 1; precision <= 9; precision += 1) {
    const short = Number(float.toPrecision(precision));
    if (Math.fround(short) === Math.fround(float)) return String(short);
  }
  return undefined;
}

/** The text that base64 encodes, read as UTF-8; undefined if it is not base64. */
function binaryText(base64: string): string | undefined {
  const text = base64.replaceAll(/[\r\n]/g, "");
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  return Buffer.from(text, "base64").toString();
}
