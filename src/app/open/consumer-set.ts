/**
 * The current consumers: their views in the store and their listeners in the RPC server. A reload changes only the consumers
 * that differ; streams of the others continue. If a new listener cannot be opened, nothing changes.
 */
import { isDeepStrictEqual } from "node:util";
import { formatListen, sameAddress } from "../../config/value/address.ts";
import type { ConsumerConfig } from "../../config/schema/sidecar-config.ts";
import type { ConsumerView } from "../../core/view/consumer-view.ts";
import type { Endpoint, RpcServer } from "../../rpc/server.ts";
import type { Store } from "../../store/store.ts";
import type { ServedNamespaces } from "../../store/served-view.ts";
import { bindPolicy } from "./bind-policy.ts";

export interface ConsumerSetDeps {
  readonly store: Store;
  readonly namespaces: ServedNamespaces;
}

interface Member {
  readonly config: ConsumerConfig;
  readonly view: ConsumerView;
}

/** The current consumers. */
export class ConsumerSet {
  readonly #deps: ConsumerSetDeps;
  #members: ReadonlyMap<string, Member>;

  constructor(deps: ConsumerSetDeps, consumers: readonly ConsumerConfig[]) {
    this.#deps = deps;
    this.#members = new Map(consumers.map((config) => [config.name, this.#join(config)]));
  }

  /** The views, in the order of the configuration. */
  views(): readonly ConsumerView[] {
    return [...this.#members.values()].map(({ view }) => view);
  }

  /** Every listener with its consumer. */
  endpoints(): readonly Endpoint[] {
    return [...this.#members.values()].flatMap(endpointsOf);
  }

  /**
   * Replaces the consumers: opens new listeners, changes policies, then removes old consumers and listeners.
   * @throws ListenError if a new listener cannot be opened; nothing has changed then.
   */
  async replace(next: readonly ConsumerConfig[], rpc: RpcServer): Promise<void> {
    const before = this.#members;
    const after = new Map(
      next.map((config) => [config.name, this.#successor(before.get(config.name), config)]),
    );
    // The actual listeners: a listener that failed to open again at the last reload is opened now.
    const listening = new Set(rpc.listeners().map(({ spec }) => formatListen(spec.listen)));
    const old = [...before.values()]
      .flatMap(endpointsOf)
      .filter(({ listen }) => listening.has(formatListen(listen)));
    const wanted = [...after.values()].flatMap(endpointsOf);
    const isKept = (endpoint: Endpoint, among: readonly Endpoint[]): boolean =>
      among.some((other) => isDeepStrictEqual(factsOf(other), factsOf(endpoint)));
    const opened = wanted.filter((endpoint) => !isKept(endpoint, old));
    const closed = old.filter((endpoint) => !isKept(endpoint, wanted));
    // To change the settings of an address (mode, token, owner), close it before opening it again.
    const changed = opened.filter((endpoint) =>
      closed.some((other) => sameAddress(other.listen, endpoint.listen)),
    );
    await this.#open(
      opened.filter((endpoint) => !changed.includes(endpoint)),
      rpc,
      () => this.#forget(after, before),
    );
    for (const { name, policy } of next) {
      const known = before.get(name);
      if (known !== undefined && !isDeepStrictEqual(known.config.policy, policy)) {
        this.#deps.store.setPolicy(name, bindPolicy(policy, this.#deps.namespaces));
      }
    }
    for (const { consumer, listen } of closed) await rpc.remove(consumer, listen);
    this.#forget(before, after);
    this.#members = after;
    for (const endpoint of changed) await rpc.add(endpoint);
  }

  #join(config: ConsumerConfig): Member {
    const { store, namespaces } = this.#deps;
    return { config, view: store.addConsumer(config.name, bindPolicy(config.policy, namespaces)) };
  }

  #successor(known: Member | undefined, config: ConsumerConfig): Member {
    return known === undefined ? this.#join(config) : { config, view: known.view };
  }

  async #open(endpoints: readonly Endpoint[], rpc: RpcServer, undo: () => void): Promise<void> {
    const done: Endpoint[] = [];
    try {
      for (const endpoint of endpoints) {
        await rpc.add(endpoint);
        done.push(endpoint);
      }
    } catch (error) {
      for (const { consumer, listen } of done) await rpc.remove(consumer, listen);
      undo();
      throw error;
    }
  }

  /** Removes the views of members that are not in `kept`. */
  #forget(members: ReadonlyMap<string, Member>, kept: ReadonlyMap<string, Member>): void {
    for (const name of members.keys()) if (!kept.has(name)) this.#deps.store.removeConsumer(name);
  }
}

function endpointsOf({ config, view }: Member): readonly Endpoint[] {
  const { socketMode, uid, gid, tokenFile, peer } = config;
  return config.listen.map((listen) => {
    const isUnix = listen.kind === "unix";
    return { consumer: view, listen, socketMode, uid, gid, tokenFile: isUnix ? undefined : tokenFile, peer };
  });
}

/** The facts that identify an endpoint. Of the view, only the consumer's name. */
function factsOf({ consumer, ...spec }: Endpoint): unknown {
  return { ...spec, consumer: consumer.consumer };
}
