/**
 * Many sidecars in one process on one API server, and what they cost the server in a period of time. Used by `fleet/run.ts`.
 */
import { request } from "node:https";
import type { KubeApiServer } from "../../test/support/kube/kube-api-server.ts";
import type { ByteRelay } from "./byte-relay.ts";
import type { ServerCost } from "./server-cost.ts";
import { costBetween, readServerCost } from "./server-cost.ts";
import type { Sidecar } from "./sidecar.ts";
import { startSidecar } from "./sidecar.ts";

/** The surroundings of a fleet. */
export interface FleetDeps {
  readonly server: KubeApiServer;
  readonly relay: ByteRelay;
  readonly token: string;
  readonly namespace: string;
}

/** The cost of a period of time. */
export interface Stretch extends ServerCost {
  readonly seconds: number;
  readonly upBytes: number;
  readonly downBytes: number;
  /** Watches that were opened again, by the reason why the last one ended. */
  readonly restarts: Readonly<Record<string, number>>;
}

/** See the file comment. */
export class Fleet {
  readonly #deps: FleetDeps;
  #sidecars: Sidecar[] = [];
  #restarts: Record<string, number> = {};
  #changes = 0;
  #onChange: (() => void) | undefined;

  constructor(deps: FleetDeps) {
    this.#deps = deps;
  }

  /** Runs the task and returns its cost. */
  async measure(title: string, task: () => Promise<void>): Promise<Stretch> {
    const { server, relay } = this.#deps;
    const from = await readServerCost(server.admin);
    const { upBytes, downBytes } = relay;
    const startedMs = performance.now();
    this.#restarts = {};
    await task();
    const seconds = (performance.now() - startedMs) / 1000;
    const cost = costBetween(from, await readServerCost(server.admin));
    const bytes = { upBytes: relay.upBytes - upBytes, downBytes: relay.downBytes - downBytes };
    const stretch = { ...cost, seconds, ...bytes, restarts: this.#restarts };
    process.stdout.write(`${title}: ${JSON.stringify(stretch)}\n`);
    return stretch;
  }

  /** Starts them all at once and waits until each is synced. */
  async start(count: number): Promise<void> {
    const { server, relay, token, namespace } = this.#deps;
    const deps = {
      ...{ url: relay.url, caPem: server.pki.caPem, token, namespace },
      onChange: () => this.#changed(),
      onRestart: (why: string) => void (this.#restarts[why] = (this.#restarts[why] ?? 0) + 1),
    };
    this.#sidecars = Array.from({ length: count }, () => startSidecar(deps));
    await Promise.all(this.#sidecars.map((one) => one.synced));
  }

  /** Resolves when the next change has reached every sidecar. */
  changed(): Promise<void> {
    this.#changes = 0;
    return new Promise((resolve) => (this.#onChange = resolve));
  }

  /** Lists the same Secrets from the server's cache this many times, as a poller does. */
  async poll(times: number): Promise<void> {
    for (let at = 0; at < times; at += 1) await this.#list();
  }

  /** Ends them. */
  stop(): void {
    for (const one of this.#sidecars) one.stop();
    this.#sidecars = [];
  }

  #changed(): void {
    this.#changes += 1;
    if (this.#changes === this.#sidecars.length) this.#onChange?.();
  }

  #list(): Promise<void> {
    const { server, relay, token, namespace } = this.#deps;
    const query = "labelSelector=podkey.dev%2Fserve%3Dtrue&resourceVersion=0";
    const url = `${relay.url}/api/v1/namespaces/${namespace}/secrets?${query}`;
    return new Promise((resolve, reject) => {
      request(url, { ca: server.pki.caPem, headers: { authorization: `Bearer ${token}` } }, (answer) => {
        answer.resume().once("end", resolve);
      })
        .once("error", reject)
        .end();
    });
  }
}
