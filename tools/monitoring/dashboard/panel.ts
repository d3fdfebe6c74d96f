/**
 * A panel of the dashboard, as the rows declare it. dashboard.ts places it and converts it to Grafana's JSON.
 */

export interface Panel {
  readonly title: string;
  /** What it shows, and which values are bad. */
  readonly description: string;
  /** `stat`: the current value. `timeseries`: values over time. `table`: the labels of series. */
  readonly kind: "stat" | "timeseries" | "table";
  /** Grafana's name of the unit. */
  readonly unit: "short" | "s" | "bytes" | "reqps" | "ops" | "percentunit" | "dateTimeAsIso" | "none";
  readonly queries: readonly Query[];
  /** Colour of a stat at and above this value. */
  readonly worryFrom?: { readonly value: number; readonly colour: "orange" | "red" };
}

/** One line of a panel. In `expr`, `$pods` is replaced by the label matchers of the selected pods. */
export interface Query {
  readonly expr: string;
  /** With `{{label}}` for labels. */
  readonly legend: string;
}

/** Panels under a common heading. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** The legend of a sidecar. */
export const POD = "{{namespace}}/{{pod}}";

/** A panel with lines over time. */
export function lines(
  title: string,
  description: string,
  unit: Panel["unit"],
  queries: readonly Query[],
): Panel {
  return { title, description, kind: "timeseries", unit, queries };
}

/** A panel with one number, coloured at and above a value. */
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
