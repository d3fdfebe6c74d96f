// Every increment is in exactly one page.
import { expect } from "chai";
import { createMetricsRegistry } from "../../../src/observe/metrics-registry.ts";
import { pendingCounter } from "../../../src/observe/pending-counter.ts";

describe("metrics: pending counter", () => {
  const labels = { consumer: "web", method: "Get", outcome: "ok" };
  const line = /^podkey_reads_total\{.*\} (\d+)$/m;

  it("adds every increment once, for both formats", async () => {
    const registry = createMetricsRegistry({ processMetrics: false });
    const counter = pendingCounter(registry.instruments.podkey_reads_total, labels);
    const told = async (format: "prometheus" | "openmetrics"): Promise<string | undefined> =>
      line.exec((await registry.page(format)).body)?.[1];
    expect(await told("prometheus")).to.equal(undefined);
    counter.inc();
    counter.inc();
    expect(await told("prometheus")).to.equal("2");
    expect(await told("openmetrics")).to.equal("2");
    counter.inc();
    expect(await told("prometheus")).to.equal("3");
  });

  it("adds the increments of two children with the same labels", async () => {
    const registry = createMetricsRegistry({ processMetrics: false });
    for (let child = 0; child < 2; child += 1)
      pendingCounter(registry.instruments.podkey_reads_total, labels).inc();
    expect(line.exec((await registry.page("prometheus")).body)?.[1]).to.equal("2");
  });
});
