/**
 * docs/metrics.md: every metric with kind, labels and meaning.
 */
import { METRICS } from "../../src/observe/metrics.ts";
import type { MetricFacts } from "../../src/observe/metrics.ts";
import { code, generatedHead, table } from "./markdown.ts";

const INTRO = `Served as Prometheus text (or OpenMetrics, by \`Accept\`) at \`/metrics\` of the admin address. Units are in the names. The
\`grpc_server_*\` metrics have the names and labels of go-grpc-prometheus, so a dashboard for those works as it is. No metric
carries the name of a credential unless \`--metrics-credential-names\` is given, and none ever carries a value.

`;

const OUTRO = `Beside these, \`process_*\` and \`nodejs_*\` are what prom-client measures of any Node process.
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
