// The metrics in both text formats.
import { expect } from "chai";
import { METRICS } from "../../../src/observe/metrics.ts";
import { createMetricsRegistry } from "../../../src/observe/metrics-registry.ts";
import { rpcMetrics } from "../../../src/observe/rpc-metrics.ts";
import { syncMetrics } from "../../../src/observe/source-metrics.ts";
import type { ScopeId } from "../../../src/core/snapshot/sync-event.ts";

describe("metrics: registry", () => {
  it("has help and type of every metric", async () => {
    const { body } = await createMetricsRegistry({ processMetrics: false }).page("prometheus");
    for (const [name, { help, kind }] of Object.entries(METRICS)) {
      expect(body).to.contain(`# HELP ${name} ${help}\n`).and.to.contain(`# TYPE ${name} ${kind}\n`);
    }
  });

  it("writes OpenMetrics: counters without _total, EOF at the end", async () => {
    const page = await createMetricsRegistry({ processMetrics: false }).page("openmetrics");
    expect(page.contentType).to.contain("application/openmetrics-text");
    expect(page.body)
      .to.contain("# TYPE podkey_relists counter")
      .and.to.match(/# EOF\n$/);
  });

  it("includes process and Node metrics on request", async () => {
    const { body } = await createMetricsRegistry({ processMetrics: true }).page("prometheus");
    expect(body).to.contain("process_resident_memory_bytes").and.to.contain("nodejs_eventloop_lag_seconds");
  });

  it("refreshes gauges before every page", async () => {
    const registry = createMetricsRegistry({ processMetrics: false });
    let pages = 0;
    registry.onScrape(() => registry.instruments.podkey_synced.set((pages += 1)));
    await registry.page("prometheus");
    expect((await registry.page("openmetrics")).body).to.contain("podkey_synced 2\n");
  });

  it("has sentences as help texts and names in base units", () => {
    for (const [name, { help, kind }] of Object.entries(METRICS)) {
      expect(help, name).to.match(/\.$/);
      expect(name.endsWith("_total"), name).to.equal(kind === "counter");
      expect(name, name).to.not.match(/_(ms|millis|kb|mb)(_|$)/);
    }
  });
});

describe("metrics: rpc", () => {
  it("has the five metrics of go-grpc-prometheus with its labels and codes", async () => {
    const registry = createMetricsRegistry({ processMetrics: false });
    const get = rpcMetrics(registry.instruments).method({
      type: "unary",
      service: "podkey.v1.CredentialService",
      method: "Get",
    });
    get.started();
    get.handled("NotFound", 0.002);
    const { body } = await registry.page("prometheus");
    const labels = 'grpc_type="unary",grpc_service="podkey.v1.CredentialService",grpc_method="Get"';
    expect(body).to.contain(`grpc_server_started_total{${labels}} 1\n`);
    expect(body).to.contain(`grpc_server_handled_total{${labels},grpc_code="NotFound"} 1\n`);
    expect(body).to.contain(`grpc_server_handling_seconds_count{${labels}} 1\n`);
  });

  it("starts the series of a consumer at 0, so that the first denial is an increase", async () => {
    const registry = createMetricsRegistry({ processMetrics: false });
    rpcMetrics(registry.instruments).consumer("web");
    const { body } = await registry.page("prometheus");
    expect(body).to.contain('podkey_policy_denied_total{consumer="web"} 0\n');
  });
});

describe("metrics: sync", () => {
  it("counts scopes by state and removes states without scopes", async () => {
    const registry = createMetricsRegistry({ processMetrics: false });
    const sync = syncMetrics(registry.instruments);
    sync.sourceState("a" as ScopeId, "live", undefined);
    sync.sourceState("b" as ScopeId, "stale", "FORBIDDEN");
    sync.sourceState("a" as ScopeId, "stale", "FORBIDDEN");
    const { body } = await registry.page("prometheus");
    expect(body).to.contain('podkey_source_state{state="stale",reason="FORBIDDEN"} 2\n');
    expect(body).to.not.contain('state="live"');
  });

  it("has the longest backoff of all scopes", async () => {
    const registry = createMetricsRegistry({ processMetrics: false });
    const sync = syncMetrics(registry.instruments);
    sync.backoff("a" as ScopeId, 4);
    sync.backoff("b" as ScopeId, 2);
    sync.backoff("a" as ScopeId, 0);
    expect((await registry.page("prometheus")).body).to.contain("podkey_backoff_seconds 2\n");
  });
});
