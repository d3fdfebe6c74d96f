/**
 * The instruments of the metric table, and their output. Two registries share the instruments, because prom-client has one
 * output format per registry, and a scraper selects the format with Accept.
 */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { MetricFacts, MetricName } from "./metrics.ts";
import { METRICS } from "./metrics.ts";
import { settlePending } from "./pending-counter.ts";

/** The labels of a metric. */
type LabelOf<Name extends MetricName> = (typeof METRICS)[Name]["labels"][number];

/** The prom-client instrument of a metric. */
type InstrumentOf<Name extends MetricName> = (typeof METRICS)[Name]["kind"] extends "counter"
  ? Counter<LabelOf<Name>>
  : (typeof METRICS)[Name]["kind"] extends "gauge"
    ? Gauge<LabelOf<Name>>
    : Histogram<LabelOf<Name>>;

/** All instruments by name. */
export type Instruments = { readonly [Name in MetricName]: InstrumentOf<Name> };

/** The response to a scrape. */
export interface MetricsPage {
  readonly contentType: string;
  readonly body: string;
}

/** All metrics of a podkey. */
export interface MetricsRegistry {
  readonly instruments: Instruments;
  /** Calls `refresh` before each page, for gauges that are computed at a scrape. */
  onScrape(refresh: () => void): void;
  page(format: "prometheus" | "openmetrics"): Promise<MetricsPage>;
}

/**
 * The sampling interval of `nodejs_eventloop_lag_*`. The 10 ms of prom-client would wake an idle sidecar a hundred times a
 * second.
 */
const LOOP_SAMPLING_MS = 250;

/** Creates all instruments. `processMetrics`: also `process_*` and `nodejs_*`. */
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
    if (isInstrument(instrument)) openMetrics.registerMetric(withOwnName(instrument));
  }
  const refreshes: (() => void)[] = [];
  return {
    // `createInstrument` has created each from its own kind and labels.
    instruments: Object.fromEntries(made) as unknown as Instruments,
    onScrape: (refresh) => void refreshes.push(refresh),
    page: async (format) => {
      for (const refresh of refreshes) refresh();
      const registry = format === "openmetrics" ? openMetrics : prometheus;
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

/** In prom-client's types the content type belongs to the variable; at run time it is a setting. */
function openMetricsRegistry(): Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE> {
  const registry = new Registry<typeof Registry.OPENMETRICS_CONTENT_TYPE>();
  registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
  return registry;
}

/**
 * An OpenMetrics registry removes `_total` from the name of each counter permanently (prom-client 15.1.3, registry.js). The
 * derived object takes that change, so the other registry keeps the name.
 */
function withOwnName<T extends AnyInstrument>(instrument: T): T {
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
