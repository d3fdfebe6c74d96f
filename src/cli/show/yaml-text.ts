/**
 * YAML texts of documents. A file of its own, loaded only for `-o yaml`, because the library is larger than all client
 * commands together.
 */
import { stringify } from "yaml";
import type { Document } from "./credential-document.ts";

/** YAML without line folding, so that base64 stays on one line. Ends with a line break. */
export function yamlText(document: Document): string {
  return stringify(document, { lineWidth: 0, keepUndefined: false });
}
