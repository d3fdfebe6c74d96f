/**
 * A Kubernetes API server for tests, in this process. The source contract tests compare its answers with kube-apiserver 1.36.3. Real TLS
 * sockets on loopback, HTTP/2 and HTTP/1.1; state in memory; every request is logged.
 *
 * It supports lists (consistent, cached, exact, paged, metadata only), WatchList on, off and ignored, resumes,
 * bookmarks by interval and on demand, too old and future versions, label and field selectors, get, create, update,
 * merge patch, delete, 401 and 403 with the real semantics of resourceNames, access and rules reviews, client
 * certificates, token and certificate rotation, GOAWAY, SIGTERM with open watches, kill, restart with and without
 * history, compaction, a rewound etcd, a cache that lost events, a lagging server; and by script any answer at all,
 * down to single bytes. It does not support admission, quotas, server-side apply, other resources than Secrets and
 * ConfigMaps, protobuf and gzip, priority and fairness queues (429 by script), encryption, audit, cluster time skew.
 */
import { Access } from "./access.ts";
import { Front } from "./front.ts";
import type { FrontOptions, Protocol } from "./front.ts";
import type { ObjectDraft } from "./kube-object.ts";
import { ObjectStore } from "./object-store.ts";
import type { OpenWatch } from "./open-watch.ts";
import { RequestLog } from "./request-log.ts";
import { createRouter } from "./router.ts";
import { matches, Scripts } from "./script.ts";
import type { Match } from "./script.ts";
import { REAL_BEHAVIOUR } from "./server-context.ts";
import type { Behaviour } from "./server-context.ts";
import { testAuthority, testServerCertificate } from "../tls/certificate-authority.ts";
import type { CertificatePair } from "../tls/certificate-authority.ts";

/** The options of a fake API server. */
export interface FakeApiServerOptions {
  /** State shared with another fake, as two API servers share an etcd. */
  readonly store?: ObjectStore;
  /** Default: a certificate of `testAuthority()`. */
  readonly certificate?: CertificatePair;
  /** What `caPem` gives; the authority of `certificate`. */
  readonly caPem?: string;
  /** Client certificates of this authority are users by their CN. */
  readonly clientCaPem?: string;
  /** Default: both. */
  readonly protocols?: readonly Protocol[];
  /** Default 100, as the real one. */
  readonly maxConcurrentStreams?: number;
  readonly behaviour?: Partial<Behaviour>;
}

/** See the file header. */
export class FakeApiServer {
  readonly store: ObjectStore;
  readonly access = new Access();
  readonly scripts = new Scripts();
  readonly requests = new RequestLog();
  /** Settings that may be changed at any time. */
  readonly behaviour: Behaviour;
  readonly caPem: string;
  readonly #router;
  readonly #watches = new Set<OpenWatch>();
  readonly #fronts: Front[] = [];
  #frontOptions: Omit<FrontOptions, "onRequest">;
  #watchWaiters: { readonly match: Match; readonly resolve: (watch: OpenWatch) => void }[] = [];

  constructor(options: FakeApiServerOptions = {}) {
    this.store = options.store ?? new ObjectStore();
    this.behaviour = { ...REAL_BEHAVIOUR, ...options.behaviour };
    this.caPem = options.caPem ?? testAuthority().certificatePem;
    this.#frontOptions = {
      port: 0,
      certificate: options.certificate ?? testServerCertificate(),
      clientCaPem: options.clientCaPem,
      protocols: options.protocols ?? ["h2", "http/1.1"],
      maxConcurrentStreams: options.maxConcurrentStreams ?? 100,
    };
    const { store, access, behaviour } = this;
    this.#router = createRouter({
      context: { store, access, behaviour },
      scripts: this.scripts,
      requests: this.requests,
      onWatch: (watch) => {
        this.#opened(watch);
      },
    });
  }

  /** Listens; again on the same port as before. */
  async start(): Promise<void> {
    const front = new Front({ ...this.#frontOptions, onRequest: this.#router });
    this.#fronts.push(front);
    this.#frontOptions = { ...this.#frontOptions, port: await front.listen() };
  }

  /** The port, after the start. */
  get port(): number {
    return this.#frontOptions.port;
  }

  /** `https://127.0.0.1:PORT`. */
  get url(): string {
    return `https://127.0.0.1:${String(this.port)}`;
  }

  /** Writes a Secret with the label `podkey.dev/serve=true`; use the store for everything else. */
  putSecret(
    namespace: string,
    name: string,
    stringData: Record<string, string>,
    more: Partial<ObjectDraft> = {},
  ): void {
    this.store.put("secrets", {
      namespace,
      name,
      labels: { "podkey.dev/serve": "true" },
      stringData,
      ...more,
    });
  }

  /** The open watches, in the order in which they were opened. */
  watches(match: Match = {}): readonly OpenWatch[] {
    return [...this.#watches].filter((watch) => matches(match, watch.record));
  }

  /** An open watch that matches: the newest, or else the next one that opens. */
  watch(match: Match = {}): Promise<OpenWatch> {
    const open = this.watches(match).at(-1);
    return open === undefined ? this.nextWatch(match) : Promise.resolve(open);
  }

  /** The next watch that matches and opens from now on. */
  nextWatch(match: Match = {}): Promise<OpenWatch> {
    return new Promise((resolve) => this.#watchWaiters.push({ match, resolve }));
  }

  /** Sends a bookmark now on all watches that allow them. */
  bookmark(): void {
    for (const watch of this.#watches) watch.bookmark();
  }

  /** New connections get this certificate. */
  setCertificate(certificate: CertificatePair): void {
    this.#frontOptions = { ...this.#frontOptions, certificate };
    this.#fronts.at(-1)?.setCertificate(certificate);
  }

  /** What ALPN offers from the next `start` on. */
  setProtocols(protocols: readonly Protocol[]): void {
    this.#frontOptions = { ...this.#frontOptions, protocols };
  }

  /** GOAWAY on every HTTP/2 connection; open streams continue. Real servers send NO_ERROR (0). */
  goaway(code = 0): void {
    for (const front of this.#fronts) front.goaway(code);
  }

  /** Ends all connections and keeps listening. */
  dropConnections(how: "reset" | "fin" = "reset"): void {
    for (const front of this.#fronts) front.dropConnections(how);
  }

  /**
   * SIGTERM with default flags: GOAWAY, the port is refused at once, open watches stay but send nothing. They end
   * cleanly when `end` is called (60 s later on the real server). `start` lets a successor listen on the same port.
   */
  async terminate(): Promise<{ end(): void }> {
    const open = [...this.#watches];
    this.goaway();
    for (const watch of open) watch.mute();
    await this.#fronts.at(-1)?.stopListening();
    return {
      end() {
        for (const watch of open) watch.end();
      },
    };
  }

  /** SIGKILL: the port is refused and connections break off (`fin`), or a lost machine answers RST (`reset`). */
  async kill(how: "reset" | "fin" = "fin"): Promise<void> {
    await Promise.all(this.#fronts.map((front) => front.stopListening()));
    this.dropConnections(how);
    this.#fronts.length = 0;
  }

  /** Kill and start again. Real servers drop the history, so that older watches are too old afterwards. */
  async restart(history: "keep" | "drop" = "drop"): Promise<void> {
    await this.kill();
    if (history === "drop") this.store.dropHistory();
    await this.start();
  }

  /** etcd restored from a backup: state and versions of an earlier revision, all connections gone. */
  async rewind(revision: number): Promise<void> {
    await this.kill();
    this.store.rewind(revision);
    await this.start();
  }

  /** Ends everything and closes every socket. */
  async stop(): Promise<void> {
    // Not by RST: libuv cannot reset a socket that is already shutting down, and Node would then wait for it indefinitely.
    await this.kill("fin");
  }

  #opened(watch: OpenWatch): void {
    this.#watches.add(watch);
    watch.onClose(() => this.#watches.delete(watch));
    const due = this.#watchWaiters.filter((waiter) => matches(waiter.match, watch.record));
    this.#watchWaiters = this.#watchWaiters.filter((waiter) => !due.includes(waiter));
    for (const { resolve } of due) resolve(watch);
  }
}

/** Creates and starts a fake API server. The caller stops it. */
export async function startFakeApiServer(options: FakeApiServerOptions = {}): Promise<FakeApiServer> {
  const server = new FakeApiServer(options);
  await server.start();
  return server;
}
