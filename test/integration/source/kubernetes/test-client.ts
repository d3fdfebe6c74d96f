/**
 * The transport under test with a server on loopback: real sockets, the runtime's clock, log lines and counts in arrays.
 * Used by the integration tests of this folder.
 */
import { performance } from "node:perf_hooks";
import type { Clock, Timers } from "../../../../src/core/time/clock.ts";
import type { Credential } from "../../../../src/core/credential/credential.ts";
import type { ScopeId, Undecodable } from "../../../../src/core/snapshot/sync-event.ts";
import { DEFAULT_DECODE_OPTIONS, decodeSecret } from "../../../../src/source/decode/decode-secret.ts";
import type { ApiClient } from "../../../../src/source/kubernetes/api/api-client.ts";
import type { Credentials, TlsMaterial } from "../../../../src/source/kubernetes/target/credentials.ts";
import type { KubeMetrics } from "../../../../src/source/kubernetes/transport/kube-metrics.ts";
import { openApiClient } from "../../../../src/source/kubernetes/api/open-api-client.ts";
import type { KubeParameters } from "../../../../src/source/kubernetes/target/parameters.ts";
import { KUBE_PARAMETERS } from "../../../../src/source/kubernetes/target/parameters.ts";
import type { ScopePlan } from "../../../../src/source/kubernetes/watch/scope-plan.ts";
import type { Target } from "../../../../src/source/kubernetes/target/target.ts";
import { createUpstream } from "../../../../src/source/kubernetes/watch/upstream.ts";
import type { Upstream } from "../../../../src/sync/port/source.ts";
import type { EventName } from "../../../../src/log/events.ts";

/** The runtime's clocks. */
export const REAL_CLOCK: Clock = { nowMs: () => performance.now(), wallMs: () => Date.now() };

/** The runtime's timers. */
export const REAL_TIMERS: Timers = {
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** The server and the options of a client. */
export interface TestClientOptions {
  readonly url: string;
  readonly ca?: string;
  readonly credentials?: Credentials;
  readonly parameters?: Partial<KubeParameters>;
  readonly proxy?: URL;
  readonly qps?: number;
  readonly burst?: number;
}

/** The client with its log lines and counts. */
export interface TestClient {
  readonly client: ApiClient;
  readonly parameters: KubeParameters;
  readonly metrics: KubeMetrics;
  readonly logged: readonly EventName[];
  /** `request list 200`, `retry token`, `page`, `ping-timeout`, `event ADDED`. */
  readonly counted: readonly string[];
  upstream(plan?: ScopePlan, pageSize?: number): Upstream;
}

/** Label mode in namespace `shop`. */
const SHOP_PLAN: ScopePlan = {
  scope: { id: "shop" as ScopeId, namespace: "shop", name: undefined },
  path: "/api/v1/namespaces/shop/secrets",
  query: { labelSelector: "podkey.dev/serve=true" },
};

/** Opens a client. The caller closes it (`client.close()`). */
export function openTestClient(options: TestClientOptions): TestClient {
  const parameters = { ...KUBE_PARAMETERS, ...options.parameters };
  const logged: EventName[] = [];
  const counted: string[] = [];
  const metrics = countInto(counted);
  const target: Target = {
    kind: "kubeconfig",
    server: new URL(options.url),
    namespace: "shop",
    credentials: options.credentials ?? fixedCredentials(options.ca),
    proxy: options.proxy,
  };
  const client = openApiClient({
    target,
    clock: REAL_CLOCK,
    timers: REAL_TIMERS,
    metrics,
    log: (event) => logged.push(event),
    qps: options.qps ?? 0,
    burst: options.burst ?? 1,
    version: "0.0.0-test",
    parameters,
  });
  const decode = (object: unknown): Credential | Undecodable => decodeSecret(object, DEFAULT_DECODE_OPTIONS);
  return {
    client,
    parameters,
    metrics,
    logged,
    counted,
    upstream: (plan = SHOP_PLAN, pageSize = 500) =>
      createUpstream({ client, plan, clock: REAL_CLOCK, metrics, parameters, pageSize, decode }),
  };
}

/** Credentials that never change. */
export function fixedCredentials(ca: string | undefined, token = "token"): Credentials {
  const material: TlsMaterial = {
    ca,
    cert: undefined,
    key: undefined,
    serverName: undefined,
    insecure: false,
  };
  return {
    headers: () => Promise.resolve({ authorization: `Bearer ${token}` }),
    tls: () => Promise.resolve(material),
    renew: () => Promise.resolve(false),
    close: () => undefined,
  };
}

function countInto(counted: string[]): KubeMetrics {
  return {
    request: (verb, code) => counted.push(`request ${verb} ${code}`),
    requestDuration: () => undefined,
    throttled: () => counted.push("throttled"),
    retry: (reason) => counted.push(`retry ${reason}`),
    listPage: () => counted.push("page"),
    pingTimeout: () => counted.push("ping-timeout"),
    event: (type) => counted.push(`event ${type}`),
  };
}
