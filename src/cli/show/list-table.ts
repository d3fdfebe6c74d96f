/**
 * The table of `list`, in chunks, and its rows for the live view: one row for each credential; problems are marked in the row and explained
 * below. Never prints a value.
 */
import type { Credential } from "../../client/index.ts";
import { ColumnPrinter } from "../output/columns.ts";
import { escapeText } from "../output/escape-text.ts";
import { humanDuration, humanExpiry, toMs } from "../output/moment.ts";
import type { Paint } from "../output/paint.ts";
import { humanSize } from "../output/size.ts";

/** The columns of the table. */
export const LIST_HEADER = [
  "NAMESPACE",
  "NAME",
  "TYPE",
  "KEYS",
  "SIZE",
  "REVISION",
  "AGE",
  "CHANGED",
  "EXPIRES",
] as const;

/** An expiry within a week is coloured. */
const SOON_MS = 7 * 24 * 3_600_000;

/** The cells of one credential. */
export function listRow(credential: Credential, nowMs: number, paint: Paint): readonly string[] {
  const sizeBytes = credential.keys.reduce((sum, key) => sum + Number(key.sizeBytes), 0);
  const hasProblem = credential.problems.length > 0;
  return [
    credential.namespace,
    hasProblem ? paint("warn", `${credential.name} !`) : credential.name,
    escapeText(credential.type),
    String(credential.keys.length),
    humanSize(sizeBytes),
    credential.revision,
    // Manifests and volumes have no creation time.
    ageCell(toMs(credential.createTime), nowMs),
    ageCell(toMs(credential.observeTime), nowMs),
    expiryCell(toMs(credential.expireTime), nowMs, paint),
  ];
}

function ageCell(sinceMs: number | undefined, nowMs: number): string {
  return sinceMs === undefined ? "-" : humanDuration(nowMs - sinceMs);
}

function expiryCell(expireMs: number | undefined, nowMs: number, paint: Paint): string {
  if (expireMs === undefined) return "-";
  const words = humanExpiry(expireMs, nowMs);
  if (expireMs <= nowMs) return paint("bad", `${words} !`);
  return expireMs - nowMs < SOON_MS ? paint("warn", words) : words;
}

/** One line for each problem: `! shop/db-main, key tls.crt: ...`. */
export function problemLines(credentials: readonly Credential[], paint: Paint): readonly string[] {
  return credentials.flatMap(({ namespace, name, problems }) =>
    problems.map(({ reason, key, message, contentOutdated }) => {
      const where = `${namespace}/${name}${key === "" ? "" : `, key ${key}`}`;
      const outdated = contentOutdated ? " What is served is the last good content." : "";
      return `${paint("warn", "!")} ${escapeText(`${where}: ${message}${outdated} (${reason})`)}`;
    }),
  );
}

/** Prints the table in chunks, each of which is written when its page has come. */
export class ListTable {
  readonly #printer = new ColumnPrinter(LIST_HEADER);
  readonly #problems: string[] = [];
  readonly #nowMs: number;
  readonly #paint: Paint;
  count = 0;

  constructor(nowMs: number, paint: Paint) {
    this.#nowMs = nowMs;
    this.#paint = paint;
  }

  /** The lines of more credentials, with their line breaks. */
  rows(credentials: readonly Credential[]): string {
    if (credentials.length === 0) return "";
    this.count += credentials.length;
    this.#problems.push(...problemLines(credentials, this.#paint));
    const rows = credentials.map((credential) => listRow(credential, this.#nowMs, this.#paint));
    return `${this.#printer.lines(rows)}\n`;
  }

  /** The lines below the table, with their line breaks; the caller adds the state line. */
  end(): string {
    if (this.count === 0) return "No credentials found.\n";
    return this.#problems.map((line) => `${line}\n`).join("");
  }
}
