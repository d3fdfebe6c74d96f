/**
 * Times in manifests. Stricter than Date.parse, which also accepts `2027`, local times without an offset, and other forms that depend
 * on the engine, so that one text could mean two moments.
 */

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

/** Milliseconds since the epoch; undefined if the text is not an RFC 3339 time with an offset, or the day does not exist. */
export function parseRfc3339(text: string): number | undefined {
  if (!RFC_3339.test(text)) return undefined;
  const atMs = Date.parse(text.toUpperCase());
  if (!Number.isFinite(atMs)) return undefined;
  // V8 turns 2027-02-30 into a day in March, so the day must be the same after a round trip.
  const day = Number(text.slice(8, 10));
  const midnight = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return midnight.getUTCDate() === day ? atMs : undefined;
}
