/** Reads the fields of a list around its items. Called by list.ts and list-versions.ts at the end of a page. */
import { SyncError } from "../../../sync/port/sync-error.ts";
import type { Asked } from "../failure/classify-error.ts";
import { classifyStatusObject } from "../failure/classify-error.ts";
import { asRecord } from "../../content/record.ts";
import { asText, parseJson } from "../failure/parse-json.ts";

/** The metadata of a page. */
export interface ListEnvelope {
  readonly resourceVersion: string;
  /** Continue token of the next page; undefined on the last. */
  readonly next: string | undefined;
}

/**
 * @param kinds accepted kinds of list.
 * @throws SyncError malformed, or the kind of a Status that was sent in place of the list.
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
    throw new SyncError(
      "malformed",
      `The response to "${asked.what}" is JSON but not a ${kinds[0] ?? "list"}.`,
    );
  }
  return { resourceVersion, next: asText(metadata?.["continue"]) };
}
