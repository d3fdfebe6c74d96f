/**
 * Kubernetes label selectors, full syntax: `a=b`, `a==b`, `a!=b`, `a in (b,c)`, `a notin (b,c)`, `a`, `!a`, joined by
 * commas. Parsed once per request; compiled-selector.ts matches it. Follows apimachinery's labels.Parse, including that `!=` and
 * `notin` match where the label is absent.
 */
import { isLabelValue, isQualifiedName } from "../credential/kubernetes-names.ts";
import { PodkeyError } from "../errors/errors.ts";
import { withCommas } from "../errors/request-limits.ts";

/** One requirement of a selector. */
export type Requirement =
  | { readonly op: "in" | "notin"; readonly label: string; readonly values: ReadonlySet<string> }
  | { readonly op: "exists" | "absent"; readonly label: string };

/** A parsed selector: all requirements must hold. Empty: everything matches. */
export interface Selector {
  readonly requirements: readonly Requirement[];
}

/** How large a selector may be. */
export interface SelectorLimits {
  /** Of its text, as UTF-8. */
  readonly textBytes: number;
  readonly requirements: number;
  /** Of all requirements together. */
  readonly values: number;
}

const UNLIMITED: SelectorLimits = { textBytes: Infinity, requirements: Infinity, values: Infinity };

/** The field of a request, for BadRequest. */
const FIELD = "label_selector";

const TOKEN = /\s*(==|!=|[=!(),]|[^\s=!(),]+)\s*/y;

/**
 * Parses a selector. An empty or blank text selects everything.
 * @throws PodkeyError BAD_SELECTOR with the place where reading stopped, or with the limit that is exceeded.
 */
export function parseSelector(text: string, limits: SelectorLimits = UNLIMITED): Selector {
  if (Buffer.byteLength(text) > limits.textBytes) throw tooLarge(limits.textBytes, "bytes");
  const reader = new TokenReader(text, limits.values);
  const requirements: Requirement[] = [];
  while (!reader.atEnd()) {
    if (requirements.length >= limits.requirements) throw tooLarge(limits.requirements, "requirements");
    requirements.push(readRequirement(reader));
    if (reader.atEnd()) break;
    reader.expect(",");
    if (reader.atEnd()) throw reader.error("a requirement after the comma");
  }
  return { requirements };
}

function readRequirement(reader: TokenReader): Requirement {
  if (reader.take("!")) return { op: "absent", label: readLabel(reader) };
  const label = readLabel(reader);
  const operator = reader.peek();
  switch (operator) {
    case undefined:
    case ",":
      return { op: "exists", label };
    case "=":
    case "==":
      reader.next();
      return { op: "in", label, values: new Set([readValue(reader)]) };
    case "!=":
      reader.next();
      return { op: "notin", label, values: new Set([readValue(reader)]) };
    case "in":
    case "notin":
      reader.next();
      return { op: operator, label, values: readSet(reader) };
    default:
      throw reader.error("one of = == != in notin or a comma");
  }
}

function readSet(reader: TokenReader): ReadonlySet<string> {
  reader.expect("(");
  const values = new Set<string>();
  do values.add(readValue(reader));
  while (reader.take(","));
  reader.expect(")");
  return values;
}

function readLabel(reader: TokenReader): string {
  const token = reader.peek() ?? "";
  if (!isQualifiedName(token)) throw reader.error("a label name");
  reader.next();
  return token;
}

/** A value may be empty: `a=` and `a in (,b)` are legal in Kubernetes. */
function readValue(reader: TokenReader): string {
  reader.countValue();
  const token = reader.peek();
  if (token === undefined || token === "," || token === ")") return "";
  if (!isLabelValue(token)) throw reader.error("a label value");
  reader.next();
  return token;
}

class TokenReader {
  readonly #text: string;
  readonly #valuesLimit: number;
  readonly #tokens: { readonly token: string; readonly at: number }[] = [];
  #index = 0;
  #values = 0;

  constructor(text: string, valuesLimit: number) {
    this.#text = text;
    this.#valuesLimit = valuesLimit;
    const trimmed = text.trimEnd();
    for (TOKEN.lastIndex = 0; TOKEN.lastIndex < trimmed.length;) {
      const at = TOKEN.lastIndex;
      const match = TOKEN.exec(trimmed);
      // Every character is either a blank, an operator or part of a word, so a miss means only blanks are left.
      if (match?.[1] === undefined) break;
      this.#tokens.push({ token: match[1], at });
    }
  }

  atEnd(): boolean {
    return this.#index >= this.#tokens.length;
  }

  peek(): string | undefined {
    return this.#tokens[this.#index]?.token;
  }

  next(): void {
    this.#index += 1;
  }

  take(token: string): boolean {
    if (this.peek() !== token) return false;
    this.next();
    return true;
  }

  expect(token: string): void {
    if (!this.take(token)) throw this.error(`"${token}"`);
  }

  countValue(): void {
    this.#values += 1;
    if (this.#values > this.#valuesLimit) throw tooLarge(this.#valuesLimit, "values");
  }

  error(wanted: string): PodkeyError {
    const at = this.#tokens[this.#index]?.at ?? this.#text.length;
    return new PodkeyError(
      "BAD_SELECTOR",
      `The label selector cannot be read: expected ${wanted} at character ${String(at + 1)}; ` +
        "use Kubernetes syntax such as a=b,c!=d,e in (f,g),h,!i.",
      { field: FIELD, metadata: { position: String(at + 1) } },
    );
  }
}

function tooLarge(limit: number, unit: string): PodkeyError {
  return new PodkeyError(
    "BAD_SELECTOR",
    `The label selector has more than ${withCommas(limit)} ${unit}; split it, or select by names.`,
    { field: FIELD, metadata: { limit: String(limit) } },
  );
}
