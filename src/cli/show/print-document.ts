/**
 * JSON and YAML texts of documents. The YAML library is loaded only for `-o yaml`.
 */
import { escapeLines } from "../output/escape-text.ts";
import type { Document } from "./credential-document.ts";

/** Indented by four spaces, as kubectl prints JSON. Ends with a line break. */
export function jsonText(document: Document): string {
  return `${escapeLines(JSON.stringify(document, undefined, 4))}\n`;
}

/** One line, for streams of JSON. Ends with a line break. */
export function jsonLine(document: Document): string {
  return `${escapeLines(JSON.stringify(document))}\n`;
}

/** YAML; ends with a line break. */
export async function yamlText(document: Document): Promise<string> {
  return (await import("./yaml-text.ts")).yamlText(document);
}
