/**
 * Cuts a list into its items while it comes in, so that a page of megabytes is never one string: each item is parsed,
 * decoded and let go before the next. Called by list.ts and list-versions.ts. What is not inside `items` (kind,
 * metadata) is handed over at the end, with `items` empty.
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

/** Longest string that is kept to see whether it is the key `items`. */
const MAX_KEY = 64;

/** A list coming in. It scans brackets and strings; whether the rest is JSON is found when the pieces are parsed. */
export class ItemSplitter {
  readonly #rest;
  readonly #item;
  /** Open brackets. The list itself is 1, its `items` are at 2, what is inside an item is deeper. */
  #depth = 0;
  #inItems = false;
  #inString = false;
  /** A chunk ended within a string after an odd number of backslashes. */
  #escaped = false;
  /** The last string directly inside the list, and the last key there. */
  #word = "";
  #key = "";
  /** The chunk being read, the next byte, and where the piece in hand begins. */
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  #from = 0;

  /** @param maxBytes longest item, and longest rest. */
  constructor(maxBytes: number) {
    this.#rest = createByteParts(maxBytes, "the head of a list");
    this.#item = createByteParts(maxBytes, "an item of a list");
  }

  /** Takes a chunk and yields each item that it completes. @throws SyncError malformed. */
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

  /** The list without its items, when all has come. @throws SyncError malformed when it was cut off. */
  end(): Buffer {
    if (this.#depth !== 0 || this.#inString) {
      throw new SyncError("malformed", "The API server's list was cut off.");
    }
    return this.#rest.take();
  }

  /** One byte outside of strings. True if it completes an item. */
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

  /** Jumps to the quote that ends the string, or to the end of the chunk: most bytes of a Secret are in strings. */
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

/** Whether an odd number of backslashes stands right before `end`. @param carried one stood right before `start`. */
function isEscaped(chunk: Buffer, start: number, end: number, carried: boolean): boolean {
  let first = end;
  while (first > start && chunk[first - 1] === BACKSLASH) first -= 1;
  const odd = (end - first) % 2 === 1;
  return first === start && carried ? !odd : odd;
}

function notAnObject(): SyncError {
  return new SyncError("malformed", "The API server's list holds an item that is no object.");
}
