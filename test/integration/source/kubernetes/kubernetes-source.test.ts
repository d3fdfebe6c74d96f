import { expect } from "chai";
import type { Subscription } from "rxjs";
import type { SyncEvent } from "../../../../src/core/snapshot/sync-event.ts";
import { DEFAULT_DECODE_OPTIONS } from "../../../../src/source/decode/decode-secret.ts";
import { createKubernetesSource } from "../../../../src/source/kubernetes/kubernetes-source.ts";
import { NO_KUBE_METRICS } from "../../../../src/source/kubernetes/transport/kube-metrics.ts";
import { planScopes } from "../../../../src/source/kubernetes/watch/scope-plan.ts";
import { createMonotonicScheduler } from "../../../../src/sync/scope/monotonic-scheduler.ts";
import type { SyncMetrics } from "../../../../src/sync/port/sync-metrics.ts";
import type { EventFields, EventName } from "../../../../src/log/events.ts";
import type { FakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import { startFakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import { REAL_CLOCK, REAL_TIMERS, fixedCredentials } from "./test-client.ts";

const NO_SYNC_METRICS: SyncMetrics = {
  sourceState: () => undefined,
  relist: () => undefined,
  watchRestart: () => undefined,
  divergence: () => undefined,
  backoff: () => undefined,
  retry: () => undefined,
};

/** A source on a fake API server, with its events and log lines. */
class RunningSource {
  readonly events: SyncEvent[] = [];
  readonly logged: { readonly event: EventName; readonly fields: EventFields }[] = [];
  readonly #subscription: Subscription;
  #onChange: (() => void) | undefined;

  constructor(server: FakeApiServer, names: readonly string[]) {
    const selector = "podkey.dev/serve=true";
    const source = createKubernetesSource({
      target: {
        kind: "kubeconfig",
        server: new URL(server.url),
        namespace: "shop",
        credentials: fixedCredentials(server.caPem),
        proxy: undefined,
      },
      plans: planScopes({
        namespaces: ["shop"],
        allNamespaces: false,
        names,
        selector,
        ownNamespace: "shop",
      }),
      clock: REAL_CLOCK,
      timers: REAL_TIMERS,
      scheduler: createMonotonicScheduler(REAL_CLOCK),
      random: () => 0,
      metrics: NO_KUBE_METRICS,
      syncMetrics: NO_SYNC_METRICS,
      log: (event, fields = {}) => {
        this.logged.push({ event, fields });
        this.#onChange?.();
      },
      qps: 0,
      burst: 1,
      version: "0.0.0-test",
      decodeOptions: DEFAULT_DECODE_OPTIONS,
      pageSize: 500,
      antiEntropyMs: 0,
      held: () => new Map(),
    });
    this.#subscription = source.events$.subscribe((event) => {
      this.events.push(event);
      this.#onChange?.();
    });
  }

  /** Resolves when the condition holds; checked after each event and log line. */
  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await new Promise<void>((resolve) => (this.#onChange = resolve));
  }

  stop(): void {
    this.#subscription.unsubscribe();
  }
}

describe("kubernetes source", () => {
  let server: FakeApiServer;
  let running: RunningSource;

  beforeEach(async () => {
    server = await startFakeApiServer();
    server.putSecret("shop", "db", { password: "hunter2" });
  });

  afterEach(async () => {
    running.stop();
    await server.kill("fin");
  });

  function kinds(): readonly string[] {
    return running.events.map(({ kind }) => kind).filter((kind) => kind !== "contact" && kind !== "trouble");
  }

  it("emits the state of its scope, then each change", async () => {
    running = new RunningSource(server, []);
    await running.until(() => kinds().includes("reset-end"));
    server.putSecret("shop", "db", { password: "hunter3" });
    await running.until(() => kinds().includes("put"));
    expect(kinds()).to.deep.equal(["reset-begin", "reset-item", "reset-end", "put"]);
    expect(running.events.some((event) => event.kind === "contact" && event.detectsSilence)).to.equal(true);
  });

  it("serves the allowed scope and diagnoses the forbidden one, once (scenarios 33 and 52)", async () => {
    server.access.setTokens({ token: "system:serviceaccount:shop:podkey" });
    server.access.setRules([
      {
        verbs: ["list", "watch"],
        resources: ["secrets"],
        namespaces: ["shop"],
        resourceNames: ["db", "tls-*"],
      },
    ]);
    running = new RunningSource(server, ["db", "tls-web"]);
    await running.until(() => running.logged.some(({ event }) => event === "kube_forbidden"));
    await running.until(() => kinds().includes("reset-end"));
    await server.requests.reached(3, { name: "tls-web" });
    const [forbidden, ...more] = running.logged.filter(({ event }) => event === "kube_forbidden");
    expect(more).to.deep.equal([]);
    expect(forbidden?.fields["scope"]).to.equal("shop/tls-web");
    expect(forbidden?.fields["check"]).to.contain("kubectl auth can-i watch secrets/tls-web -n shop");
    expect(forbidden?.fields["hint"]).to.contain("tls-*");
  });

  it("closes every connection when it is unsubscribed (scenario 43)", async () => {
    running = new RunningSource(server, []);
    const watch = await server.watch();
    const closed = new Promise<void>((resolve) => {
      watch.onClose(resolve);
    });
    running.stop();
    await closed;
  });
});
