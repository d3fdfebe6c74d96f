/** The recorded answers of kubectl and podkey to the rows, in answers.json beside this file. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Outcome } from "./outcome.ts";

/** See the file comment. */
export interface RecordedAnswers {
  /** Version of the kubectl that was recorded. */
  readonly kubectl: string;
  readonly rows: Readonly<Record<string, RecordedRow>>;
}

/** Both answers to one row. */
export interface RecordedRow {
  readonly kubectl: Outcome;
  /** Absent if it is the same, to the letter. */
  readonly podkey?: Outcome;
}

const FILE = join(import.meta.dirname, "answers.json");

/** Reads answers.json. */
export function readRecordedAnswers(): RecordedAnswers {
  return JSON.parse(readFileSync(FILE, "utf8")) as RecordedAnswers;
}

/** Replaces answers.json. */
export function writeRecordedAnswers(answers: RecordedAnswers): void {
  writeFileSync(FILE, `${JSON.stringify(answers, undefined, 2)}\n`);
}
