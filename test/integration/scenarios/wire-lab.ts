/**
 * podkey's source and store over real sockets: fake API server, fault relay in front of it, source `kubernetes` with its complete transport,
 * store with one consumer, all in fast time. A scenario causes a fault and waits for the required result. `close` closes every socket
 * and timer.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subscription } from "rxjs";
import { firstValueFrom } from "rxjs";
import type { ConsumerView, ProofOutcome } from "../../../src/core/view/consumer-view.ts";
import type { Credential } from "../../../src/core/credential/credential.ts";
import { credentialKey } from "../../../src/core/credential/credential.ts";
import type { Freshness } from "../../../src/core/time/freshness.ts";
import { ALLOW_ALL } from "../../../src/core/select/policy.ts";
import type { SyncEvent } from "../../../src/core/snapshot/sync-event.ts";
import type { Limits } from "../../../src/core/snapshot/snapshot.ts";
import type { ViewChange } from "../../../src/core/view/view.ts";
import { NO_KUBE_METRICS } from "../../../src/source/kubernetes/transport/kube-metrics.ts";
import { createKubernetesSource } from "../../../src/source/kubernetes/kubernetes-source.ts";
import { KUBE_PARAMETERS } from "../../../src/source/kubernetes/target/parameters.ts";
import type { KubeParameters } from "../../../src/source/kubernetes/target/parameters.ts";
import type { Selection } from "../../../src/source/kubernetes/watch/scope-plan.ts";
import { planScopes } from "../../../src/source/kubernetes/watch/scope-plan.ts";
import { resolveTarget } from "../../../src/source/kubernetes/target/target.ts";
import { Store } from "../../../src/store/store.ts";
import { SYNC_PARAMETERS } from "../../../src/sync/port/parameters.ts";
import type { Source } from "../../../src/sync/port/source.ts";
import type { EventFields, EventName } from "../../../src/log/events.ts";
import { DEFAULT_DECODE_OPTIONS } from "../../../src/source/decode/decode-secret.ts";
import { createJoinParts } from "../../../src/source/decode/join-parts.ts";
import { FakeApiServer } from "../../support/fake-api-server/fake-api-server.ts";
import type { FakeApiServerOptions } from "../../support/fake-api-server/fake-api-server.ts";
import type { Match } from "../../support/fake-api-server/script.ts";
import { FaultRelay } from "../../support/fault-relay/fault-relay.ts";
import { FAST_SERVER, FastTime } from "./fast-time.ts";

/** The settings of a lab. */
export interface WireLabOptions extends FakeApiServerOptions {
  readonly selection?: Partial<Selection>;
  readonly antiEntropyMs?: number;
  readonly limits?: Limits;
  /** Parameters of the transport that a scenario changes. */
  readonly parameters?: Partial<KubeParameters>;
}

/** Longest wait for a condition, in the machine's time. */
export const PATIENCE_MS = 8_000;

/** See the file comment. */
export class WireLab {
  readonly time = new FastTime();
  readonly server: FakeApiServer;
  readonly events: { readonly atMs: number; readonly event: SyncEvent }[] = [];
  readonly changes: ViewChange[] = [];
  readonly logged: { readonly event: EventName; readonly fields: EventFields }[] = [];
  /** `relist expired`, `restart end`, `divergence`, `ping-timeout`, `dropped older`, `retry throttled`. */
  readonly counted: string[] = [];
  readonly #options: WireLabOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), "podkey-wire-"));
  readonly #waiting = new Set<() => void>();
  #relay: FaultRelay | undefined;
  #parts: { readonly source: Source; readonly store: Store; readonly view: ConsumerView } | undefined;
  #subscription: Subscription | undefined;

  constructor(options: WireLabOptions = {}) {
    this.#options = options;
    const behaviour = { ...FAST_SERVER, ...options.behaviour };
    this.server = new FakeApiServer({ protocols: ["h2"], ...options, behaviour });
    this.server.access.setTokens({ "token-1": "system:serviceaccount:shop:web" });
    this.writeToken("token-1");
    this.writeCa(this.server.caPem);
  }

  /** Listens; podkey is not started yet. */
  async listen(): Promise<this> {
    await this.server.start();
    this.#relay = new FaultRelay(this.server.port);
    await this.#relay.accept();
    return this;
  }

  /** Subscribes to the source and waits for nothing. */
  async start(): Promise<this> {
    if (this.#relay === undefined) await this.listen();
    const { time } = this;
    const log = (event: EventName, fields: EventFields = {}): void =>
      void this.logged.push({ event, fields });
    // In fast time the short timeout would be 50 ms of a busy machine, too short for a handshake.
    const shortTimeoutMs = KUBE_PARAMETERS.requestSilenceMs;
    const parameters = { ...KUBE_PARAMETERS, shortTimeoutMs, ...this.#options.parameters };
    const target = await resolveTarget({
      env: { KUBERNETES_SERVICE_HOST: "127.0.0.1", KUBERNETES_SERVICE_PORT: String(this.relay.port) },
      clock: time,
      timers: time,
      log,
      parameters,
      kubeconfig: undefined,
      context: undefined,
      serviceAccountDir: this.#folder,
      homedir: () => this.#folder,
    });
    const selection: Selection = {
      namespaces: ["shop"],
      allNamespaces: false,
      names: [],
      selector: "podkey.dev/serve=true",
      ownNamespace: "shop",
      ...this.#options.selection,
    };
    const source = createKubernetesSource({
      target,
      clock: time,
      timers: time,
      parameters,
      log,
      plans: planScopes(selection),
      decodeOptions: { annotations: [] },
      pageSize: 500,
      antiEntropyMs: this.#options.antiEntropyMs ?? 0,
      held: (scope) => this.#parts?.store.held(scope) ?? new Map(),
      scheduler: time.scheduler,
      random: Math.random,
      qps: 0,
      burst: 0,
      version: "0.0.0-wire",
      metrics: { ...NO_KUBE_METRICS, pingTimeout: () => void this.counted.push("ping-timeout") },
      syncMetrics: {
        sourceState: () => undefined,
        backoff: () => undefined,
        relist: (reason) => void this.counted.push(`relist ${reason}`),
        watchRestart: (reason) => void this.counted.push(`restart ${reason}`),
        divergence: () => void this.counted.push("divergence"),
        retry: (reason) => void this.counted.push(`retry ${reason}`),
      },
    });
    this.#observe(source, log);
    return this;
  }

  /** Starts, and waits for the first sync. */
  async synced(): Promise<this> {
    await this.start();
    await this.until("the first sync", () => this.store.isSynced);
    return this;
  }

  /** Starts, and waits until it is synced and a watch that counts as a good one follows the server. */
  async live(): Promise<this> {
    await this.synced();
    await this.server.watch();
    const settledAtMs = this.nowMs + SYNC_PARAMETERS.watch.settledMs + 100;
    await this.until("a watch of some age", () => this.nowMs > settledAtMs);
    this.counted.length = 0;
    return this;
  }

  get relay(): FaultRelay {
    if (this.#relay === undefined) throw new Error("the lab does not listen yet");
    return this.#relay;
  }

  get store(): Store {
    if (this.#parts === undefined) throw new Error("the lab has not started");
    return this.#parts.store;
  }

  /** podkey's time. */
  get nowMs(): number {
    return this.time.nowMs();
  }

  /** Revision of the consumer's view; 0 before the first sync. */
  get revision(): number {
    return this.#parts?.view.current()?.number ?? 0;
  }

  /** Names of the served credentials, sorted, joined by spaces. */
  get names(): string {
    const keys = [...(this.#parts?.view.current()?.entries.keys() ?? [])];
    return keys.map((key) => key.slice(key.indexOf("\0") + 1)).join(" ");
  }

  find(name: string, namespace = "shop"): Credential | undefined {
    return this.#parts?.view.current()?.entries.get(credentialKey(namespace, name))?.credential;
  }

  /** Key `k` of a credential as text. */
  text(name: string, namespace = "shop"): string | undefined {
    const value = this.find(name, namespace)?.data.get("k");
    return value === undefined ? undefined : Buffer.from(value.reveal()).toString("utf8");
  }

  /** Freshness of an answer that touches this namespace, or everything. */
  freshness(namespace?: string): Freshness {
    if (this.#parts === undefined) throw new Error("the lab has not started");
    return this.#parts.view.freshness({ namespace, names: undefined });
  }

  /** Writes a Secret `{k: text}` with the selected label. */
  put(name: string, text: string, namespace = "shop"): void {
    this.server.putSecret(namespace, name, { k: text });
  }

  /** Requests a proof of everything, as `max_age` does. */
  prove(): Promise<ProofOutcome> {
    const source = this.#parts?.source;
    if (source === undefined) throw new Error("the lab has not started");
    return firstValueFrom(source.prove(source.scopes.map(({ id }) => id)));
  }

  writeToken(token: string): void {
    writeFileSync(join(this.#folder, "token"), token);
  }

  writeCa(pem: string): void {
    writeFileSync(join(this.#folder, "ca.crt"), pem);
  }

  /** podkey's times of the requests that match, oldest first. */
  requestTimes(match: Match): readonly number[] {
    return this.server.requests.all(match).map(({ atMs }) => this.time.at(atMs));
  }

  /** Resolves when the condition holds; checked after every event and every few milliseconds. */
  until(what: string, condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const done = (): void => {
        clearInterval(ticking);
        clearTimeout(patience);
        this.#waiting.delete(look);
      };
      const look = (): void => {
        if (!condition()) return;
        done();
        resolve();
      };
      const ticking = setInterval(look, 2);
      const patience = setTimeout(() => {
        done();
        reject(new Error(`waited ${String(PATIENCE_MS)} ms for ${what}; ${this.#summary()}`));
      }, PATIENCE_MS);
      this.#waiting.add(look);
    });
  }

  /** Resolves when this value is served. */
  untilText(name: string, text: string, namespace = "shop"): Promise<void> {
    return this.until(`${name} = ${text}`, () => this.text(name, namespace) === text);
  }

  /** The number of times that this was counted. */
  countOf(line: string): number {
    return this.counted.filter((one) => one === line).length;
  }

  async close(): Promise<void> {
    this.#subscription?.unsubscribe();
    this.#parts?.store.stop();
    await this.#relay?.stop();
    await this.server.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Unsubscribes from the source; one scenario checks the connections afterwards. */
  unsubscribe(): void {
    this.#subscription?.unsubscribe();
  }

  #observe(source: Source, log: (event: EventName, fields?: EventFields) => void): void {
    const store = new Store({
      clock: this.time,
      timers: this.time,
      scopes: source.scopes,
      namespaces: { kind: "fixed", only: undefined },
      limits: this.#options.limits ?? { maxCredentials: 10_000, maxBytes: 256 * 1024 * 1024 },
      lifetimes: { previousForMs: 0, previousMaxMs: 0 },
      joinParts: createJoinParts(DEFAULT_DECODE_OPTIONS),
      newEpoch: () => "epoch",
      relist: (scope, cause) => {
        source.relist(scope, cause);
      },
      prove: (scopes) => firstValueFrom(source.prove(scopes)),
      metrics: {
        event: () => undefined,
        dropped: (reason) => void this.counted.push(`dropped ${reason}`),
        changeServed: () => undefined,
      },
      log,
    });
    const view = store.addConsumer("web", ALLOW_ALL);
    this.#parts = { source, store, view };
    view.onChange((change) => void this.changes.push(change));
    this.#subscription = source.events$.subscribe((event) => {
      this.events.push({ atMs: this.nowMs, event });
      store.apply(event);
      for (const look of [...this.#waiting]) look();
    });
  }

  #summary(): string {
    const kinds = this.events.slice(-8).map(({ atMs, event }) => {
      const detail = event.kind === "trouble" ? ` ${event.reason ?? "over"}` : "";
      return `${String(Math.round(atMs))} ${event.kind}${detail}`;
    });
    const asked = this.server.requests.all().slice(-6);
    const requests = asked.map(
      ({ verb, query, status }) => `${verb} ${query.get("resourceVersion") ?? ""}→${String(status)}`,
    );
    return `now ${String(Math.round(this.nowMs))}; served: ${this.names}; events: ${kinds.join(", ")}; requests: ${requests.join(", ")}`;
  }
}
