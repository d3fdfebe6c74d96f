/** Finds the line of an offset in a text. Offsets are mostly asked in ascending order, so each search starts at the last. */

/** The lines of one text. */
export class TextLines {
  readonly #text: string;
  #offset = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  /** The line, from 1, that holds the character at this offset. */
  at(offset: number): number {
    if (offset < this.#offset) {
      this.#offset = 0;
      this.#line = 1;
    }
    for (;;) {
      const end = this.#text.indexOf("\n", this.#offset);
      if (end === -1 || end >= offset) return this.#line;
      this.#offset = end + 1;
      this.#line += 1;
    }
  }
}
