/**
 * docs/metrics.md: every metric with kind, labels and meaning.
 */
import { METRICS } from "../../src/observe/metrics.ts";
import type { MetricFacts } from "../../src/observe/metrics.ts";
import { code, generatedHead, table } from "./markdown.ts";

const INTRO = `The admin address serves these metrics at \`/metrics\` as Prometheus text (or OpenMetrics, by \`Accept\`). Units are in the names. The
\`grpc_server_*\` metrics have the names and labels of go-grpc-prometheus, so dashboards for those work without changes. No metric
has the name of a credential unless you set \`--metrics-credential-names\`, and none ever has a value.

`;

const OUTRO = `In addition, prom-client provides \`process_*\` and \`nodejs_*\` for the Node process.
`;

/** The page. */
export function metricsPage(): string {
  const rows = Object.entries<MetricFacts>(METRICS).map(([name, { kind, labels, help }]) => [
    code(name),
    kind,
    labels.map(code).join(", "),
    help,
  ]);
  return (
    generatedHead("Metrics", "src/observe/metrics.ts") +
    INTRO +
    table(["Metric", "Kind", "Labels", "Meaning"], rows) +
    OUTRO
  );
}
