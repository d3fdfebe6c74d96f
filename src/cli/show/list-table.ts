/**
 * The table of `list` and of the live view: one row for each credential; problems are marked in the row and explained
 * below. Never prints a value.
 */
import type { Credential } from "../../client/index.ts";
import { columns } from "../output/columns.ts";
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
  "EXPIRES",
] as const;

/** An expiry within a week is coloured. */
const SOON_MS = 7 * 24 * 3_600_000;

/** The cells of one credential. */
export function listRow(credential: Credential, nowMs: number, paint: Paint): readonly string[] {
  const sizeBytes = credential.keys.reduce((sum, key) => sum + Number(key.sizeBytes), 0);
  // Manifests and volumes have no creation time; the age is then that of the content.
  const sinceMs = toMs(credential.createTime) ?? toMs(credential.observeTime);
  const hasProblem = credential.problems.length > 0;
  return [
    credential.namespace,
    hasProblem ? paint("warn", `${credential.name} !`) : credential.name,
    credential.type,
    String(credential.keys.length),
    humanSize(sizeBytes),
    credential.revision,
    sinceMs === undefined ? "-" : humanDuration(nowMs - sinceMs),
    expiryCell(toMs(credential.expireTime), nowMs, paint),
  ];
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
      return `${paint("warn", "!")} ${where}: ${message}${outdated} (${reason})`;
    }),
  );
}

/** Table and problems; the caller adds the state line. */
export function listTable(credentials: readonly Credential[], nowMs: number, paint: Paint): string {
  if (credentials.length === 0) return "No credentials found.";
  const table = columns(
    LIST_HEADER,
    credentials.map((credential) => listRow(credential, nowMs, paint)),
  );
  return [table, ...problemLines(credentials, paint)].join("\n");
}
