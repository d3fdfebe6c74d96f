/**
 * Plays an incident and returns what an operator would have found.
 */
import { setTimeout } from "node:timers/promises";
import { seriesOf } from "./metrics-text.ts";
import type { Scrape } from "./metrics-text.ts";
import type { Incident } from "./incident.ts";
import { Stage } from "./stage.ts";

/** Several times the duration of the longest incident on a busy machine. */
const LONGEST_MS = 40_000;

/** Facts that are equal in every run. */
export interface Found {
  readonly incident: Incident;
  /** The log event; empty if nothing was logged. */
  readonly event: string;
  /** The important fields of the line, or the sentence on stderr. */
  readonly log: string;
  readonly metric: string;
  readonly check: string;
  readonly checkCode: number | null;
  /** The termination message. */
  readonly termination: string;
  readonly before: Scrape | undefined;
  readonly during: Scrape;
}

/** Plays an incident with the podkey at this path. */
export async function playIncident(incident: Incident, program: string): Promise<Found> {
  const stage = await Stage.open(program);
  const user = incident.uid === undefined ? {} : { uid: incident.uid };
  try {
    const { log, fields, before, during } = await Promise.race([
      incident.play(stage),
      overdue(incident, stage),
    ]);
    const { stdout, stderr, code } = await stage.check(user);
    const timeless = (text: string): string =>
      text.replaceAll(stage.folder, "/run/podkey").replaceAll(/127\.0\.0\.1:\d+/g, "ADDRESS");
    return {
      incident,
      event: typeof log === "string" ? "" : String(log["event"]),
      log: timeless(
        typeof log === "string" ? log : fields.map((field) => `${field}: ${String(log[field])}`).join("; "),
      ),
      metric: metricText(incident, during),
      check: timeless(incident.check.line.exec(stdout)?.[0].replaceAll(/ +/g, " ") ?? stdout + stderr),
      checkCode: code,
      termination: incident.termination === true ? timeless(stage.terminationMessage()) : "",
      before,
      during,
    };
  } finally {
    await stage.close();
  }
}

/** Closes the stage if the log line does not appear. */
async function overdue({ title }: Incident, stage: Stage): Promise<never> {
  await setTimeout(LONGEST_MS, undefined, { ref: false });
  throw new Error(`"${title}" did not get as far as its log line:\n${stage.podkey.output}`);
}

/** Replaces counts and times, which differ in every run. */
function metricText({ metric: [name, label] }: Incident, during: Scrape): string {
  const series = seriesOf(during, name, label);
  if (series === undefined) return `${name} is absent`;
  const labels = series.labels === "" ? "" : `{${series.labels}}`;
  return `${name}${labels} ${roughly(name, series.value, during.wallMs)}`;
}

const DAY_SECONDS = 86_400;

function roughly(name: string, value: number, wallMs: number): string {
  if (name.endsWith("_total")) return value > 0 ? "> 0" : "0";
  if (!name.endsWith("_timestamp_seconds")) return String(value);
  return `in ${String(Math.round((value - wallMs / 1000) / DAY_SECONDS))} days`;
}
