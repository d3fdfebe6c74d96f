/**
 * The instruments of the metric table, and how they are written out. The only file that knows prom-client. Two
 * registries share the instruments, because prom-client ties the text format to the registry and a scraper chooses it
 * by Accept.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { MetricFacts, MetricName } from "./metrics.ts";
import { METRICS } from "./metrics.ts";
import { settlePending } from "./pending-counter.ts";

/** The labels of a line of the table. */
type LabelOf<Name extends MetricName> = (typeof METRICS)[Name]["labels"][number];

/** The prom-client instrument of a line of the table. */
type InstrumentOf<Name extends MetricName> = (typeof METRICS)[Name]["kind"] extends "counter"
  ? Counter<LabelOf<Name>>
  : (typeof METRICS)[Name]["kind"] extends "gauge"
    ? Gauge<LabelOf<Name>>
    : Histogram<LabelOf<Name>>;

/** All instruments by name. */
export type Instruments = { readonly [Name in MetricName]: InstrumentOf<Name> };

/** A page of metrics as a scraper gets it. */
export interface MetricsPage {
  readonly contentType: string;
  readonly body: string;
}

/** The metrics of the process. */
export interface MetricsRegistry {
  readonly instruments: Instruments;
  /** Calls `refresh` before every page: for gauges that are cheaper read than kept. */
  onScrape(refresh: () => void): void;
  page(format: "prometheus" | "openmetrics"): Promise<MetricsPage>;
}

/**
 * perf_hooks samples the event loop at this rate for `nodejs_eventloop_lag_*`. prom-client's 10 ms would wake an idle
 * sidecar a hundred times a second.
 */
const LOOP_SAMPLING_MS = 250;

/** Makes all instruments. `processMetrics`: with `process_*` and `nodejs_*`, which hold observers that tests don't want. */
export function createMetricsRegistry(options: { readonly processMetrics: boolean }): MetricsRegistry {
  const prometheus = new Registry();
  const openMetrics = openMetricsRegistry();
  const made = Object.entries(METRICS).map(
    ([name, facts]) => [name, createInstrument(name, facts, prometheus)] as const,
  );
  if (options.processMetrics)
    collectDefaultMetrics({ register: prometheus, eventLoopMonitoringPrecision: LOOP_SAMPLING_MS });
  for (const metric of prometheus.getMetricsAsArray()) {
    const instrument: unknown = prometheus.getSingleMetric(metric.name);
    if (isInstrument(instrument)) openMetrics.registerMetric(withNameOfItsOwn(instrument));
  }
  const refreshes: (() => void)[] = [];
  return {
    // Each line of the table was made by `createInstrument` from its own kind and labels.
    instruments: Object.fromEntries(made) as unknown as Instruments,
    onScrape: (refresh) => void refreshes.push(refresh),
    page: async (format) => {
      for (const refresh of refreshes) refresh();
      const registry = format === "openmetrics" ? openMetrics : prometheus;
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

/** prom-client's types tie the content type to the variable; at run time it is a setting. */
function openMetricsRegistry(): Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE> {
  const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return registry;
}

/**
 * A registry that writes OpenMetrics takes `_total` off the name of each counter for good (prom-client 15.1.3, registry.js):
 * it gets an object whose name it may change, or the next page in the other format would have lost it too.
 */
function withNameOfItsOwn<T extends AnyInstrument>(instrument: T): T {
  return Object.create(instrument) as T;
}

type AnyInstrument = Counter | Gauge | Histogram;

function createInstrument(name: string, facts: MetricFacts, register: Registry): AnyInstrument {
  const shape = { name, help: facts.help, labelNames: [...facts.labels], registers: [register] };
  switch (facts.kind) {
    case "counter": {
      const counter: Counter = new Counter({ ...shape, collect: () => settlePending(counter) });
      return counter;
    }
    case "gauge":
      return new Gauge(shape);
    case "histogram":
      return new Histogram({ ...shape, buckets: [...facts.buckets] });
  }
}

function isInstrument(value: unknown): value is AnyInstrument {
  return value instanceof Counter || value instanceof Gauge || value instanceof Histogram;
}
