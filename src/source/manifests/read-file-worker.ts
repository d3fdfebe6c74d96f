/**
 * The worker thread of file-reader.ts: reads one file and sends its Secrets in batches, one for each request, so that the
 * main thread receives no more at once than it can handle quickly.
 */
import { parentPort } from "node:worker_threads";
import type { ManifestFault } from "./parse-file.ts";
import { readFile } from "./read-file.ts";
import type { SecretManifest } from "./read-secret.ts";

/** Asks for the first batch of a file, or for the next one. */
export type BatchRequest = { readonly bytes: Uint8Array; readonly defaultNamespace: string } | "next";

/** A batch; the last one of a file is empty. */
export type BatchReply = readonly SecretManifest[] | ManifestFault;

const BATCH_KEYS = 2_000;

let remaining: SecretManifest[] = [];

parentPort?.on("message", (request: BatchRequest) => {
  if (request === "next") {
    parentPort?.postMessage(nextBatch());
    return;
  }
  const read = readFile(request.bytes, request.defaultNamespace);
  if (!("why" in read)) remaining = [...read];
  parentPort?.postMessage("why" in read ? read : nextBatch());
});

function nextBatch(): readonly SecretManifest[] {
  let keys = 0;
  const end = remaining.findIndex((secret) => {
    if (keys >= BATCH_KEYS) return true;
    keys += 10 + ("why" in secret.content ? 0 : secret.content.lines.size);
    return false;
  });
  return remaining.splice(0, end === -1 ? remaining.length : end);
}
