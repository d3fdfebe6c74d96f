/**
 * Splits a list into its items as it arrives, so that a page of megabytes is never one string: each item is parsed,
 * decoded and released before the next. Called by list.ts and list-versions.ts. The part outside `items` (kind,
 * metadata) is returned at the end, with `items` empty.
 */
import { SyncError } from "../../../sync/port/sync-error.ts";
import { createByteParts } from "./byte-parts.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;

/** Longest string that is compared with the key `items`. */
const MAX_KEY = 64;

/** Scans only brackets and strings; the parser of the pieces finds out whether the rest is JSON. */
export class ItemSplitter {
  readonly #rest;
  readonly #item;
  /** Open brackets: 1 in the list, 2 in `items`, more inside an item. */
  #depth = 0;
  #inItems = false;
  #inString = false;
  /** A chunk ended in a string after an odd number of backslashes. */
  #escaped = false;
  /** The last string directly inside the list, and the last key there. */
  #word = "";
  #key = "";
  /** The current chunk, the next byte, and the start of the current piece. */
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  #from = 0;

  /** @param maxBytes longest item, and longest rest. */
  constructor(maxBytes: number) {
    this.#rest = createByteParts(maxBytes, "the head of a list");
    this.#item = createByteParts(maxBytes, "an item of a list");
  }

  /** Yields each item that the chunk completes. @throws SyncError malformed. */
  *push(chunk: Buffer): Generator<Buffer, void, undefined> {
    this.#chunk = chunk;
    this.#from = 0;
    for (this.#at = 0; this.#at < chunk.length;) {
      if (this.#inString) this.#skipString();
      else if (this.#step(chunk[this.#at] ?? 0)) yield this.#item.take();
    }
    if (!this.#inItems) this.#rest.add(chunk.subarray(this.#from));
    else if (this.#depth > 2) this.#item.add(chunk.subarray(this.#from));
    this.#chunk = Buffer.alloc(0);
  }

  /** The list without its items. @throws SyncError malformed if the list is truncated. */
  end(): Buffer {
    if (this.#depth !== 0 || this.#inString) {
      throw new SyncError("malformed", "The API server sent a truncated list.");
    }
    return this.#rest.take();
  }

  /** Reads one byte outside of strings. True if it completes an item. */
  #step(byte: number): boolean {
    const betweenItems = this.#inItems && this.#depth === 2;
    this.#at += 1;
    switch (byte) {
      case QUOTE:
        if (betweenItems) throw notAnObject();
        this.#inString = true;
        if (this.#depth === 1) this.#word = "";
        return false;
      case COLON:
        if (this.#depth === 1) this.#key = this.#word;
        return false;
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        this.#open(byte, betweenItems);
        return false;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        return this.#close();
      default:
        if (betweenItems && byte !== COMMA && byte > 0x20) throw notAnObject();
        return false;
    }
  }

  #open(byte: number, betweenItems: boolean): void {
    if (betweenItems && byte === OPEN_ARRAY) throw notAnObject();
    if (betweenItems) this.#from = this.#at - 1;
    const itemsBegin = this.#depth === 1 && byte === OPEN_ARRAY && this.#key === "items";
    this.#depth += 1;
    if (itemsBegin) {
      this.#inItems = true;
      this.#rest.add(this.#chunk.subarray(this.#from, this.#at));
    }
  }

  #close(): boolean {
    this.#depth -= 1;
    if (!this.#inItems) return false;
    if (this.#depth === 1) {
      this.#inItems = false;
      this.#from = this.#at - 1;
    }
    if (this.#depth !== 2) return false;
    this.#item.add(this.#chunk.subarray(this.#from, this.#at));
    return true;
  }

  /** Skips to the quote that ends the string, or to the end of the chunk: most bytes of a Secret are in strings. */
  #skipString(): void {
    const chunk = this.#chunk;
    const start = this.#at;
    for (let search = start; ;) {
      const quote = chunk.indexOf(QUOTE, search);
      const end = quote === -1 ? chunk.length : quote;
      const escaped = isEscaped(chunk, start, end, this.#escaped);
      if (quote !== -1 && escaped) {
        search = quote + 1;
        continue;
      }
      this.#inString = quote === -1;
      this.#escaped = this.#inString && escaped;
      if (this.#depth === 1 && this.#word.length < MAX_KEY)
        this.#word += chunk.toString("latin1", start, end);
      this.#at = this.#inString ? end : end + 1;
      return;
    }
  }
}

/** Whether an odd number of backslashes precedes `end`. @param carried an odd number precedes `start`. */
function isEscaped(chunk: Buffer, start: number, end: number, carried: boolean): boolean {
  let first = end;
  while (first > start && chunk[first - 1] === BACKSLASH) first -= 1;
  const odd = (end - first) % 2 === 1;
  return first === start && carried ? !odd : odd;
}

function notAnObject(): SyncError {
  return new SyncError("malformed", "The API server sent a list with an item that is not an object.");
}
