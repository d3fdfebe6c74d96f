/**
 * One credential for a person, in the style of `kubectl describe`: its fields, and its keys with their sizes. Values are
 * printed only with --show-values, without control characters.
 */
import type { Credential, GetResponse } from "../../client/index.ts";
import { columns } from "../output/columns.ts";
import { escapeText } from "../output/escape-text.ts";
import { freshnessWords } from "./freshness-line.ts";
import { problemLines } from "./list-table.ts";
import { humanDuration, humanExpiry, toMs, toRfc3339 } from "../output/moment.ts";
import type { Paint } from "../output/paint.ts";
import { humanSize } from "../output/size.ts";

/** How to print it. */
export interface DetailOptions {
  readonly showValues: boolean;
  readonly nowMs: number;
  readonly paint: Paint;
}

/** The whole text, without a line break at its end. */
export function credentialDetail(
  credential: Credential,
  answer: GetResponse,
  options: DetailOptions,
): string {
  const { paint, nowMs } = options;
  const facts = factsOf(credential, answer, nowMs, paint);
  const width = Math.max(...facts.map(([label]) => label.length));
  const lines = facts.map(([label, text]) => {
    const [first = "", ...more] = text.split("\n");
    return [
      `${`${label}:`.padEnd(width + 1)}  ${first}`,
      ...more.map((line) => " ".repeat(width + 3) + line),
    ].join("\n");
  });
  return [...lines, ...problemLines([credential], paint), "", keyTable(credential, options)].join("\n");
}

function factsOf(
  credential: Credential,
  answer: GetResponse,
  nowMs: number,
  paint: Paint,
): readonly (readonly [string, string])[] {
  const createMs = toMs(credential.createTime);
  const observeMs = toMs(credential.observeTime);
  const expireMs = toMs(credential.expireTime);
  const previousMs = toMs(credential.previousUntil);
  const since = observeMs === undefined ? "" : ` (for ${humanDuration(nowMs - observeMs)})`;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["Name", paint("strong", credential.name)],
    ["Namespace", credential.namespace],
    ["Type", escapeText(credential.type)],
    ["Labels", pairs(credential.labels)],
    ["Annotations", pairs(credential.annotations)],
    [
      "Created",
      createMs === undefined ? undefined : `${toRfc3339(createMs)} (${humanDuration(nowMs - createMs)} ago)`,
    ],
    ["Revision", `${credential.revision}${since}`],
    ["Expires", expireMs === undefined ? undefined : expiry(expireMs, nowMs, paint)],
    [
      "Previous",
      previousMs === undefined ? undefined : `readable with --previous until ${toRfc3339(previousMs)}`,
    ],
    ["Immutable", credential.immutable ? "yes" : undefined],
    ["State", freshnessWords(answer.freshness, paint)],
  ];
  return facts.flatMap(([label, text]) => (text === undefined ? [] : [[label, text] as const]));
}

function pairs(map: Readonly<Record<string, string>>): string | undefined {
  const texts = Object.entries(map).map(([name, value]) => escapeText(`${name}=${value}`));
  return texts.length === 0 ? undefined : texts.sort().join("\n");
}

function expiry(expireMs: number, nowMs: number, paint: Paint): string {
  const words = `${toRfc3339(expireMs)} (${humanExpiry(expireMs, nowMs)})`;
  return expireMs > nowMs ? words : paint("bad", `${words} !`);
}

function keyTable({ keys, data }: Credential, { showValues }: DetailOptions): string {
  if (keys.length === 0) return "No keys.";
  const rows = keys.map(({ name, sizeBytes }) => {
    const cells = [escapeText(name), humanSize(Number(sizeBytes))];
    return showValues ? [...cells, shownValue(data[name])] : cells;
  });
  return columns(showValues ? ["KEY", "SIZE", "VALUE"] : ["KEY", "SIZE"], rows);
}

/** Printable text unchanged; anything else (line breaks, escape sequences, binary) in base64 for `base64 -d`. */
function shownValue(value: Buffer | undefined): string {
  if (value === undefined) return "(not sent)";
  const text = value.toString("utf8");
  const isPrintable = Buffer.from(text).equals(value) && !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(text);
  return isPrintable ? text : `base64:${value.toString("base64")}`;
}
