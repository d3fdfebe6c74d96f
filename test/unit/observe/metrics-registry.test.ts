// The table against what is written out, in both text formats.
import { expect } from "chai";
import { METRICS } from "../../../src/observe/metrics.ts";
import { createMetricsRegistry } from "../../../src/observe/metrics-registry.ts";
import { rpcMetrics } from "../../../src/observe/rpc-metrics.ts";
import { syncMetrics } from "../../../src/observe/source-metrics.ts";
import type { ScopeId } from "../../../src/core/snapshot/sync-event.ts";

describe("createMetricsRegistry", () => {
  it("shows help and type of every metric of the table", async () => {
    const { body } = await createMetricsRegistry({ processMetrics: false }).page("prometheus");
    for (const [name, { help, kind }] of Object.entries(METRICS)) {
      expect(body).to.contain(`# HELP ${name} ${help}\n`).and.to.contain(`# TYPE ${name} ${kind}\n`);
    }
  });

  it("names a counter without _total and ends with EOF in OpenMetrics", async () => {
    const page = await createMetricsRegistry({ processMetrics: false }).page("openmetrics");
    expect(page.contentType).to.contain("application/openmetrics-text");
    expect(page.body)
      .to.contain("# TYPE podkey_relists counter")
      .and.to.match(/# EOF\n$/);
  });

  it("shows the process and Node when asked to", async () => {
    const { body } = await createMetricsRegistry({ processMetrics: true }).page("prometheus");
    expect(body).to.contain("process_resident_memory_bytes").and.to.contain("nodejs_eventloop_lag_seconds");
  });

  it("refreshes before every page", async () => {
    const registry = createMetricsRegistry({ processMetrics: false });
    let pages = 0;
    registry.onScrape(() => registry.instruments.podkey_synced.set((pages += 1)));
    await registry.page("prometheus");
    expect((await registry.page("openmetrics")).body).to.contain("podkey_synced 2\n");
  });

  it("keeps every help text one sentence and every name in base units", () => {
    for (const [name, { help, kind }] of Object.entries(METRICS)) {
      expect(help, name).to.match(/\.$/);
      expect(name.endsWith("_total"), name).to.equal(kind === "counter");
      expect(name, name).to.not.match(/_(ms|millis|kb|mb)(_|$)/);
    }
  });
});

describe("rpcMetrics", () => {
  it("writes the five of go-grpc-prometheus with its labels and codes", async () => {
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

  it("starts a consumer's series at 0, so that a first denial is a change", async () => {
    const registry = createMetricsRegistry({ processMetrics: false });
    rpcMetrics(registry.instruments).consumer("web");
    const { body } = await registry.page("prometheus");
    expect(body).to.contain('podkey_policy_denied_total{consumer="web"} 0\n');
  });
});

describe("syncMetrics", () => {
  it("counts scopes by state and forgets states that hold for none", async () => {
    const registry = createMetricsRegistry({ processMetrics: false });
    const sync = syncMetrics(registry.instruments);
    sync.sourceState("a" as ScopeId, "live", undefined);
    sync.sourceState("b" as ScopeId, "stale", "FORBIDDEN");
    sync.sourceState("a" as ScopeId, "stale", "FORBIDDEN");
    const { body } = await registry.page("prometheus");
    expect(body).to.contain('podkey_source_state{state="stale",reason="FORBIDDEN"} 2\n');
    expect(body).to.not.contain('state="live"');
  });

  it("shows the longest wait of all scopes", async () => {
    const registry = createMetricsRegistry({ processMetrics: false });
    const sync = syncMetrics(registry.instruments);
    sync.backoff("a" as ScopeId, 4);
    sync.backoff("b" as ScopeId, 2);
    sync.backoff("a" as ScopeId, 0);
    expect((await registry.page("prometheus")).body).to.contain("podkey_backoff_seconds 2\n");
  });
});
