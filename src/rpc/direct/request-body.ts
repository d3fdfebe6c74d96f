/**
 * The body of a request while it comes. A client cuts a message into two frames, or a few where it is large; one that
 * cuts it into crumbs means harm, since each costs the server a turn.
 */

/** Up to this number of pieces is always accepted; beyond it, a piece must have this size on average. */
const PIECES = 64;
const PIECE_BYTES = 64;

/** See the file comment. */
export class RequestBody {
  #bytes: Buffer | undefined;
  #sizeBytes = 0;
  #pieces = 0;

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  get isCrumbs(): boolean {
    return this.#pieces > PIECES && this.#sizeBytes < this.#pieces * PIECE_BYTES;
  }

  append(piece: Buffer): void {
    this.#pieces += 1;
    this.#sizeBytes += piece.byteLength;
    if (this.#bytes === undefined) {
      this.#bytes = piece;
      return;
    }
    // Doubled each time it is full: a copy for each piece would cost the square of the size.
    if (this.#bytes.byteLength < this.#sizeBytes) {
      const larger = Buffer.allocUnsafe(this.#sizeBytes * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#sizeBytes - piece.byteLength);
  }

  /** What has come, and nothing is kept. */
  take(): Buffer | undefined {
    const bytes = this.#bytes?.subarray(0, this.#sizeBytes);
    this.#bytes = undefined;
    return bytes;
  }
}
