// Each counter with the call that increments it: its name and labels.
import { expect } from "chai";
import type { ScopeId } from "../../../src/core/snapshot/sync-event.ts";
import type { Instruments } from "../../../src/observe/metrics-registry.ts";
import { createMetricsRegistry } from "../../../src/observe/metrics-registry.ts";
import { rpcMetrics } from "../../../src/observe/rpc-metrics.ts";
import { kubeMetrics, syncMetrics } from "../../../src/observe/source-metrics.ts";
import { storeMetrics } from "../../../src/observe/store-metrics.ts";

const METHOD = { type: "unary", service: "podkey.v1.CredentialService", method: "Get" } as const;
const GRPC = 'grpc_type="unary",grpc_service="podkey.v1.CredentialService",grpc_method="Get"';

type Case = readonly [line: string, count: (instruments: Instruments) => void];

const CASES: readonly Case[] = [
  ['podkey_kube_requests_total{verb="list",code="200"} 1', (to) => kubeMetrics(to).request("list", "200")],
  [
    'podkey_kube_request_duration_seconds_count{verb="watch"} 1',
    (to) => kubeMetrics(to).requestDuration("watch", 0.2),
  ],
  ["podkey_kube_throttled_seconds_total 1.5", (to) => kubeMetrics(to).throttled(1.5)],
  ['podkey_kube_retries_total{reason="token"} 1', (to) => kubeMetrics(to).retry("token")],
  ['podkey_kube_retries_total{reason="dead_connection"} 1', (to) => syncMetrics(to).retry("dead-connection")],
  ["podkey_kube_list_pages_total 1", (to) => kubeMetrics(to).listPage()],
  ["podkey_ping_timeouts_total 1", (to) => kubeMetrics(to).pingTimeout()],
  ['podkey_kube_events_total{type="BOOKMARK"} 1', (to) => kubeMetrics(to).event("BOOKMARK")],
  ['podkey_relists_total{reason="expired"} 1', (to) => syncMetrics(to).relist("expired")],
  ['podkey_watch_restarts_total{reason="going_away"} 1', (to) => syncMetrics(to).watchRestart("going_away")],
  ["podkey_divergence_total 1", (to) => syncMetrics(to).divergence()],
  ["podkey_backoff_seconds 4", (to) => syncMetrics(to).backoff("a" as ScopeId, 4)],
  ['podkey_source_events_total{type="put"} 1', (to) => storeMetrics(to).event("put")],
  ['podkey_events_dropped_total{reason="stale"} 1', (to) => storeMetrics(to).dropped("stale")],
  ["podkey_change_to_served_seconds_count 1", (to) => storeMetrics(to).changeServed(0.001, [])],
  [`grpc_server_started_total{${GRPC}} 1`, (to) => rpcMetrics(to).method(METHOD).started()],
  [`grpc_server_msg_received_total{${GRPC}} 1`, (to) => rpcMetrics(to).method(METHOD).received()],
  [`grpc_server_msg_sent_total{${GRPC}} 1`, (to) => rpcMetrics(to).method(METHOD).sent()],
  [
    `grpc_server_handled_total{${GRPC},grpc_code="OK"} 1`,
    (to) => rpcMetrics(to).method(METHOD).handled("OK", 0.001),
  ],
  [
    `grpc_server_handling_seconds_count{${GRPC}} 1`,
    (to) => rpcMetrics(to).method(METHOD).handled("OK", 0.001),
  ],
  ['podkey_watch_streams{consumer="web"} 1', (to) => rpcMetrics(to).consumer("web").streams(1)],
  ['podkey_connections{consumer="web"} 1', (to) => rpcMetrics(to).consumer("web").connections(1)],
  [
    'podkey_reads_total{consumer="web",method="Get",outcome="KEY_NOT_FOUND"} 1',
    (to) => rpcMetrics(to).consumer("web").read("Get", "KEY_NOT_FOUND"),
  ],
  ['podkey_policy_denied_total{consumer="web"} 1', (to) => rpcMetrics(to).consumer("web").denied()],
  [
    'podkey_limit_rejections_total{consumer="web",limit="waiters"} 1',
    (to) => rpcMetrics(to).consumer("web").rejected("waiters"),
  ],
  ["podkey_watch_coalesced_total 3", (to) => rpcMetrics(to).consumer("web").coalesced(3)],
  ["podkey_watch_send_duration_seconds_count 1", (to) => rpcMetrics(to).consumer("web").sendDuration(0.001)],
];

describe("metrics: counters", () => {
  for (const [line, count] of CASES) {
    it(`include ${line}`, async () => {
      const registry = createMetricsRegistry({ processMetrics: false });
      count(registry.instruments);
      expect((await registry.page("prometheus")).body).to.contain(`\n${line}\n`);
    });
  }

  it("exclude contacts, which come every second", async () => {
    const registry = createMetricsRegistry({ processMetrics: false });
    storeMetrics(registry.instruments).event("contact");
    expect((await registry.page("prometheus")).body).to.not.match(/^podkey_source_events_total\{/m);
  });
});
