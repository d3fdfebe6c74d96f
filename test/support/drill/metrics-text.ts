/**
 * Parses the Prometheus text of a scrape.
 */

/** One sample. */
export interface Series {
  readonly name: string;
  /** As written, without braces; can be empty. */
  readonly labels: string;
  readonly value: number;
}

/** A scrape and its time. */
export interface Scrape {
  readonly series: readonly Series[];
  /** Milliseconds since the epoch. */
  readonly wallMs: number;
}

/** Parses a page; skips comments. */
export function readMetrics(text: string): readonly Series[] {
  return [...text.matchAll(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/gm)].map(
    ([, name = "", labels = "", value = ""]) => ({ name, labels, value: Number(value) }),
  );
}

/** The series of this name whose labels contain the text. */
export function seriesOf({ series }: Scrape, name: string, label = ""): Series | undefined {
  return series.find((one) => one.name === name && one.labels.includes(label));
}
