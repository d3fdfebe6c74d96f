/**
 * A panel of the dashboard, as the rows declare it; `dashboard.ts` gives it its place and Grafana's words.
 */

/** One panel. */
export interface Panel {
  readonly title: string;
  /** What it shows and when to worry; Grafana shows it behind an (i). */
  readonly description: string;
  /** `stat`: one number, now. `timeseries`: lines over time. `table`: the labels of series. */
  readonly kind: "stat" | "timeseries" | "table";
  /** Grafana's name of the unit. */
  readonly unit: "short" | "s" | "bytes" | "reqps" | "ops" | "percentunit" | "dateTimeAsIso" | "none";
  readonly queries: readonly Query[];
  /** Colour of a stat from this value on. */
  readonly worryFrom?: { readonly value: number; readonly colour: "orange" | "red" };
}

/** One line of a panel. `$pods` stands for the label matchers of the chosen pods. */
export interface Query {
  readonly expr: string;
  /** With `{{label}}` for labels. */
  readonly legend: string;
}

/** A row. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** Names a sidecar in a legend. */
export const POD = "{{namespace}}/{{pod}}";

/** A panel of lines. */
export function lines(
  title: string,
  description: string,
  unit: Panel["unit"],
  queries: readonly Query[],
): Panel {
  return { title, description, kind: "timeseries", unit, queries };
}

/** A panel of one number that worries from a value on. */
export function stat(
  title: string,
  description: string,
  expr: string,
  worryFrom?: Panel["worryFrom"],
  unit: Panel["unit"] = "short",
): Panel {
  return {
    title,
    description,
    kind: "stat",
    unit,
    queries: [{ expr, legend: "" }],
    ...(worryFrom !== undefined && { worryFrom }),
  };
}
