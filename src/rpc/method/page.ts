/** Cuts one page out of a sequence, by count and by bytes. Pure. */

/** A page. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly more: boolean;
}

/** Limits of a page. The first item is always taken, whatever its size. */
export interface PageLimits<T> {
  readonly maxItems: number;
  readonly maxBytes: number;
  /** Encoded size of an item, in bytes. */
  readonly sizeBytes: (item: T) => number;
}

/** Items of one turn of the event loop: measuring an item encodes it, which takes up to 20 us. */
const SLICE = 250;

/**
 * Takes items in order until a limit is reached; reads at most one item past the page. Yields between slices, so that the
 * caller can let other work run.
 */
export function* cutPage<T>(items: Iterable<T>, limits: PageLimits<T>): Generator<void, Page<T>> {
  const taken: T[] = [];
  let bytes = 0;
  for (const item of items) {
    if (taken.length > 0 && taken.length % SLICE === 0) yield;
    if (taken.length >= limits.maxItems) return { items: taken, more: true };
    bytes += limits.sizeBytes(item);
    if (taken.length > 0 && bytes > limits.maxBytes) return { items: taken, more: true };
    taken.push(item);
  }
  return { items: taken, more: false };
}
