/**
 * An immutable map in key order with structural sharing: entries are in chunks of at most 64, and a change copies one chunk
 * and the list of chunks. A change of one of 10,000 credentials copies a few hundred slots, an older revision that a List
 * still reads costs only what changed since, and pages need no sorting.
 */

interface Chunk<K extends string, V> {
  readonly keys: readonly K[];
  readonly values: readonly V[];
}

/** Entries of a chunk before it is split in half. */
const CHUNK_LIMIT = 64;

/** Immutable, ordered by key (UTF-16 code units). */
export class SortedMap<K extends string, V> {
  readonly #chunks: readonly Chunk<K, V>[];
  readonly size: number;

  private constructor(chunks: readonly Chunk<K, V>[], size: number) {
    this.#chunks = chunks;
    this.size = size;
  }

  /** The map without entries. */
  static empty<K extends string, V>(): SortedMap<K, V> {
    return new SortedMap<K, V>([], 0);
  }

  /** A map of these entries; the last entry of a key counts. */
  static from<K extends string, V>(entries: Iterable<readonly [K, V]>): SortedMap<K, V> {
    const sorted = [...new Map(entries)].sort(([a], [b]) => (a < b ? -1 : 1));
    const chunks: Chunk<K, V>[] = [];
    const half = CHUNK_LIMIT / 2;
    for (let at = 0; at < sorted.length; at += half) {
      const part = sorted.slice(at, at + half);
      chunks.push({ keys: part.map(([key]) => key), values: part.map(([, value]) => value) });
    }
    return new SortedMap(chunks, sorted.length);
  }

  /** The lowest key, or undefined in an empty map. Constant time. */
  firstKey(): K | undefined {
    return this.#chunks[0]?.keys[0];
  }

  /** The highest key, or undefined in an empty map. Constant time. */
  lastKey(): K | undefined {
    return this.#chunks.at(-1)?.keys.at(-1);
  }

  /** The value of a key, or undefined. Logarithmic. */
  get(key: K): V | undefined {
    const chunk = this.#chunks[this.#chunkOf(key)];
    if (chunk === undefined) return undefined;
    const at = lowerBound(chunk.keys, key);
    return chunk.keys[at] === key ? chunk.values[at] : undefined;
  }

  /** A map in which the key has this value; the same map if it already has it. */
  set(key: K, value: V): SortedMap<K, V> {
    if (this.#chunks.length === 0) return new SortedMap([{ keys: [key], values: [value] }], 1);
    const index = this.#chunkOf(key);
    const chunk = this.#chunks[index];
    if (chunk === undefined) return this;
    const at = lowerBound(chunk.keys, key);
    const known = chunk.keys[at] === key;
    if (known && chunk.values[at] === value) return this;
    const next: Chunk<K, V> = known
      ? { keys: chunk.keys, values: chunk.values.with(at, value) }
      : { keys: chunk.keys.toSpliced(at, 0, key), values: chunk.values.toSpliced(at, 0, value) };
    return new SortedMap(this.#chunks.toSpliced(index, 1, ...split(next)), this.size + (known ? 0 : 1));
  }

  /** A map without the key; the same map if it has no such key. */
  delete(key: K): SortedMap<K, V> {
    const index = this.#chunkOf(key);
    const chunk = this.#chunks[index];
    if (chunk === undefined) return this;
    const at = lowerBound(chunk.keys, key);
    if (chunk.keys[at] !== key) return this;
    const next: Chunk<K, V> = { keys: chunk.keys.toSpliced(at, 1), values: chunk.values.toSpliced(at, 1) };
    const rest = next.keys.length === 0 ? [] : [next];
    return new SortedMap(this.#chunks.toSpliced(index, 1, ...rest), this.size - 1);
  }

  /** All entries in key order, from the first key above `after` (all, if undefined). Lazy. */
  *entries(after?: K): Generator<readonly [K, V], void, undefined> {
    const first = after === undefined ? 0 : this.#chunkOf(after);
    for (let index = first; index < this.#chunks.length; index += 1) {
      const chunk = this.#chunks[index];
      if (chunk === undefined) return;
      let at = after === undefined || index > first ? 0 : lowerBound(chunk.keys, after);
      for (; at < chunk.keys.length; at += 1) {
        const key = chunk.keys[at];
        if (key === undefined || key === after) continue;
        yield [key, chunk.values[at] as V];
      }
    }
  }

  /** All values in key order. */
  *values(): Generator<V, void, undefined> {
    for (const chunk of this.#chunks) yield* chunk.values;
  }

  /** All keys in order. */
  *keys(): Generator<K, void, undefined> {
    for (const chunk of this.#chunks) yield* chunk.keys;
  }

  /** Index of the chunk that holds the key or would: the last one that starts at or below it. */
  #chunkOf(key: K): number {
    let low = 0;
    let high = this.#chunks.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const first = this.#chunks[middle]?.keys[0];
      if (first !== undefined && first <= key) low = middle + 1;
      else high = middle;
    }
    return Math.max(0, low - 1);
  }
}

/** Index of the first key that is not below `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = keys[middle];
    if (at !== undefined && at < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

function split<K extends string, V>(chunk: Chunk<K, V>): readonly Chunk<K, V>[] {
  if (chunk.keys.length <= CHUNK_LIMIT) return [chunk];
  const half = chunk.keys.length >>> 1;
  return [
    { keys: chunk.keys.slice(0, half), values: chunk.values.slice(0, half) },
    { keys: chunk.keys.slice(half), values: chunk.values.slice(half) },
  ];
}
