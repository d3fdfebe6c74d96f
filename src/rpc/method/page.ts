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

/** Takes items in order until a limit is reached; reads at most one item past the page. */
export function cutPage<T>(items: Iterable<T>, limits: PageLimits<T>): Page<T> {
  const taken: T[] = [];
  let bytes = 0;
  for (const item of items) {
    if (taken.length >= limits.maxItems) return { items: taken, more: true };
    bytes += limits.sizeBytes(item);
    if (taken.length > 0 && bytes > limits.maxBytes) return { items: taken, more: true };
    taken.push(item);
  }
  return { items: taken, more: false };
}
