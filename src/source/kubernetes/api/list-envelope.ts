/** Reads what surrounds the items of a list, and refuses what is no list. Called when a page has come in whole. */
import { SyncError } from "../../../sync/port/sync-error.ts";
import type { Asked } from "../failure/classify-error.ts";
import { classifyStatusObject } from "../failure/classify-error.ts";
import { asRecord, asText, parseJson } from "../failure/parse-json.ts";

/** The head of a page. */
export interface ListEnvelope {
  readonly resourceVersion: string;
  /** Token of the next page; undefined on the last. */
  readonly next: string | undefined;
}

/**
 * @param kinds accepted kinds of list.
 * @throws SyncError malformed, or the kind of a Status that came in place of the list.
 */
export function readListEnvelope(bytes: Buffer, kinds: readonly string[], asked: Asked): ListEnvelope {
  const list = asRecord(parseJson(bytes, "a list"));
  const kind = list?.["kind"];
  if (kind === "Status") throw classifyStatusObject(list, asked);
  const metadata = asRecord(list?.["metadata"]);
  const resourceVersion = asText(metadata?.["resourceVersion"]);
  const items = list?.["items"];
  const isList = typeof kind === "string" && kinds.includes(kind) && (items === null || Array.isArray(items));
  if (!isList || resourceVersion === undefined) {
    throw new SyncError("malformed", `The answer to "${asked.what}" is JSON but no ${kinds[0] ?? "list"}.`);
  }
  return { resourceVersion, next: asText(metadata?.["continue"]) };
}
