/**
 * The part of podkey that talks to an API server: source and store, connected as in app.ts, without a listener. Two hundred
 * of them fit into one process, each with its own connection.
 */
import type { Clock } from "../../src/core/time/clock.ts";
import { ALLOW_ALL } from "../../src/core/select/policy.ts";
import { prove } from "../../src/app/open/prove.ts";
import { systemClock, systemTimers } from "../../src/app/process/system-clock.ts";
import { createKubernetesSource } from "../../src/source/kubernetes/kubernetes-source.ts";
import { NO_KUBE_METRICS } from "../../src/source/kubernetes/transport/kube-metrics.ts";
import { planScopes } from "../../src/source/kubernetes/watch/scope-plan.ts";
import type { Target } from "../../src/source/kubernetes/target/target.ts";
import { Store } from "../../src/store/store.ts";
import { createMonotonicScheduler } from "../../src/sync/scope/monotonic-scheduler.ts";
import type { WatchRestart } from "../../src/sync/port/sync-metrics.ts";
import { DEFAULT_DECODE_OPTIONS } from "../../src/source/decode/decode-secret.ts";
import { createJoinParts } from "../../src/source/decode/join-parts.ts";

/** The parameters of a sidecar. */
export interface SidecarDeps {
  /** The API server. */
  readonly url: string;
  readonly caPem: string;
  /** Token of a ServiceAccount that may read Secrets of `namespace`. */
  readonly token: string;
  readonly namespace: string;
  /** Called for each change that the store has folded. */
  readonly onChange: () => void;
  /** Called when a watch was opened again. */
  readonly onRestart: (why: WatchRestart) => void;
}

/** A running sidecar. */
export interface Sidecar {
  readonly synced: Promise<void>;
  stop(): void;
}

/** The defaults of `--selector`, `--anti-entropy`, `--page-size` and the limits. */
const SELECTOR = "podkey.dev/serve=true";
const ANTI_ENTROPY_MS = 30 * 60_000;
const PAGE_SIZE = 500;
const LIMITS = { maxCredentials: 10_000, maxBytes: 64 * 2 ** 20 };

/** Starts a sidecar. */
export function startSidecar(deps: SidecarDeps): Sidecar {
  const clock: Clock = systemClock;
  const timers = systemTimers;
  const log = (): void => undefined;
  const asked = { namespaces: [], allNamespaces: false, names: [], selector: SELECTOR };
  const plans = planScopes({ ...asked, ownNamespace: deps.namespace });
  const late: { store?: Store } = {};
  const source = createKubernetesSource({
    target: targetOf(deps),
    ...{ clock, timers, log, plans },
    metrics: NO_KUBE_METRICS,
    syncMetrics: {
      sourceState: log,
      relist: log,
      watchRestart: deps.onRestart,
      divergence: log,
      backoff: log,
      retry: log,
    },
    qps: 20,
    burst: 30,
    version: "bench",
    decodeOptions: { annotations: [], lifetimePrefix: undefined },
    pageSize: PAGE_SIZE,
    antiEntropyMs: ANTI_ENTROPY_MS,
    held: (scope) => late.store?.held(scope) ?? new Map(),
    scheduler: createMonotonicScheduler(clock),
    random: Math.random,
  });
  const store = new Store({
    ...{ clock, timers, log },
    scopes: source.scopes,
    namespaces: { kind: "fixed", only: deps.namespace },
    limits: LIMITS,
    lifetimes: { previousForMs: 0, previousMaxMs: 0 },
    joinParts: createJoinParts(DEFAULT_DECODE_OPTIONS),
    newEpoch: () => "bench",
    relist: (scope, cause) => source.relist(scope, cause),
    prove: (scopes, signal) => prove(source, scopes, signal),
    metrics: { event: log, dropped: log, changeServed: deps.onChange },
  });
  late.store = store;
  store.addConsumer("default", ALLOW_ALL);
  const subscription = source.events$.subscribe({
    next: (event) => store.apply(event),
    error: (error: unknown) => {
      throw error;
    },
  });
  return {
    synced: new Promise((resolve) => void store.onSynced(resolve)),
    stop: () => {
      subscription.unsubscribe();
      store.stop();
    },
  };
}

function targetOf({ url, token, caPem, namespace }: SidecarDeps): Target {
  const tls = { ca: caPem, cert: undefined, key: undefined, serverName: undefined, insecure: false };
  const credentials = {
    headers: () => Promise.resolve({ authorization: `Bearer ${token}` }),
    tls: () => Promise.resolve(tls),
    renew: () => Promise.resolve(false),
    close: () => undefined,
  };
  return { kind: "in-cluster", server: new URL(url), namespace, credentials, proxy: undefined };
}
