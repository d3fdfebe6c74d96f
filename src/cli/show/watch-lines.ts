/**
 * Watch events as lines, one for each event, in every output form of `watch`, for pipes, logs and scripts.
 */
import type { Credential } from "../../client/index.ts";
import { answerDocument, credentialDocument } from "./credential-document.ts";
import type { Document } from "./credential-document.ts";
import { freshnessWords, stateLine } from "./freshness-line.ts";
import { escapeText } from "../output/escape-text.ts";
import { humanDuration, toRfc3339 } from "../output/moment.ts";
import { plain } from "../output/paint.ts";
import { jsonLine, yamlText } from "./print-document.ts";
import { humanSize } from "../output/size.ts";
import type { WatchEvent } from "./watch-events.ts";

/** How to print them. */
export interface LineOptions {
  readonly form: "table" | "json" | "yaml" | "name";
  readonly showValues: boolean;
  readonly nowMs: number;
}

/** The text of one event with its line breaks; empty if the form does not print it. */
export async function watchText(
  event: WatchEvent,
  { form, showValues, nowMs }: LineOptions,
): Promise<string> {
  switch (form) {
    case "table":
      return `${toRfc3339(nowMs)}  ${event.kind.padEnd(KIND_WIDTH)}  ${sentence(event)}\n`;
    case "json":
      return jsonLine(eventDocument(event, showValues));
    case "yaml":
      return `---\n${await yamlText(eventDocument(event, showValues))}`;
    case "name":
      return nameLine(event);
  }
}

const KIND_WIDTH = "INTERRUPTED".length;

function sentence(event: WatchEvent): string {
  switch (event.kind) {
    case "ADDED":
    case "MODIFIED":
      return credentialSentence(event.credential);
    case "DELETED":
      return `${event.removed.namespace}/${event.removed.name}`;
    case "SYNCED":
      return `${stateLine(event.state.credentials.size, event.state.revision)}, ${freshnessWords(event.state.freshness, plain)}`;
    case "FRESHNESS":
      return freshnessWords(event.state.freshness, plain);
    case "INTERRUPTED":
      return `${event.message}; retrying in ${humanRetry(event.retryInMs)}`;
  }
}

function credentialSentence({ namespace, name, type, keys, revision, problems }: Credential): string {
  const sizeBytes = keys.reduce((sum, key) => sum + Number(key.sizeBytes), 0);
  const counted = keys.length === 1 ? "1 key" : `${keys.length} keys`;
  const reasons = [...new Set(problems.map(({ reason }) => reason))].join(", ");
  const marked = reasons === "" ? "" : ` ! ${reasons}`;
  return `${namespace}/${name}  ${escapeText(type)}, ${counted}, ${humanSize(sizeBytes)}, revision ${revision}${marked}`;
}

function humanRetry(retryInMs: number): string {
  return retryInMs < 950 ? `${Math.ceil(retryInMs / 100) * 100}ms` : humanDuration(Math.max(1000, retryInMs));
}

/** `{type, object}`, the shape of a Kubernetes watch event. */
function eventDocument(event: WatchEvent, showValues: boolean): Document {
  switch (event.kind) {
    case "ADDED":
    case "MODIFIED":
      return { type: event.kind, object: credentialDocument(event.credential, showValues) };
    case "DELETED":
      return { type: event.kind, object: { kind: "Credential", metadata: { ...event.removed } } };
    case "SYNCED":
    case "FRESHNESS":
      return { type: event.kind, ...answerDocument(event.state.revision, event.state.freshness) };
    case "INTERRUPTED":
      return { type: event.kind, message: event.message, retryInSeconds: event.retryInMs / 1000 };
  }
}

function nameLine(event: WatchEvent): string {
  if (event.kind === "DELETED") return `${event.removed.namespace}/${event.removed.name}\n`;
  return "credential" in event ? `${event.credential.namespace}/${event.credential.name}\n` : "";
}
