/**
 * Prometheus text, read back: what a scrape of the running podkey said, as series with their labels.
 */

/** One line of a scrape. */
export interface Series {
  readonly name: string;
  /** As written, without braces; empty where there are none. */
  readonly labels: string;
  readonly value: number;
}

/** A scrape, and when it was made. */
export interface Scrape {
  readonly series: readonly Series[];
  /** Milliseconds since the epoch. */
  readonly wallMs: number;
}

/** Reads a page. Comments are left out. */
export function readMetrics(text: string): readonly Series[] {
  return [...text.matchAll(/^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/gm)].map(
    ([, name = "", labels = "", value = ""]) => ({ name, labels, value: Number(value) }),
  );
}

/** The series of this name whose labels hold the text. */
export function seriesOf({ series }: Scrape, name: string, label = ""): Series | undefined {
  return series.find((one) => one.name === name && one.labels.includes(label));
}
