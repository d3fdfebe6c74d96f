/**
 * The gRPC server of all consumers: grpc-js behind our own listeners. Made by app.ts, which hands in views and listeners;
 * listeners may be added and removed while it runs. `stop` drains in ordered phases and always ends.
 */
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import type { ListenAddress } from "../config/value/address.ts";
import { sameAddress } from "../config/value/address.ts";
import type { Clock, Timers } from "../core/time/clock.ts";
import type { ConsumerView } from "../core/view/consumer-view.ts";
import type { Log } from "../log/events.ts";
import type { AuditSink } from "./observe/audit.ts";
import type { CallTracer } from "./call/call-tracer.ts";
import { Connections } from "./consumer/connection.ts";
import { clampDeadlines } from "./call/deadline-clamp.ts";
import { openDirectPath } from "./direct/direct-path.ts";
import { drainServer } from "./drain.ts";
import { Health } from "./method/health.ts";
import { openListener } from "./listen/listener.ts";
import type { Listener, ListenerSpec } from "./listen/listener.ts";
import { loadPeerReader } from "./listen/peer-credentials.ts";
import type { PeerReader } from "./listen/peer-credentials.ts";
import { Reflection } from "./reflection/reflection.ts";
import { OpenStreams } from "./call/open-streams.ts";
import type { RpcMetrics } from "./observe/rpc-metrics.ts";
import { HeldRequests } from "./consumer/held-requests.ts";
import { ServedConsumer } from "./consumer/served-consumer.ts";
import { offeredServices } from "./services.ts";
import { shuttingDown } from "./call/call-deps.ts";

/** A listener and whose it is. */
export interface Endpoint extends ListenerSpec {
  readonly consumer: ConsumerView;
}

/** Limits from the configuration. */
export interface RpcLimits {
  /** `--max-streams`: open Watches of a consumer. */
  readonly maxStreams: number;
  /** `--max-connections`: of a listener. */
  readonly maxConnections: number;
  /** `--max-stale` in milliseconds; 0: off. */
  readonly maxStaleMs: number;
}

/** What the server is built from. */
export interface RpcServerDeps {
  readonly endpoints: readonly Endpoint[];
  readonly limits: RpcLimits;
  /** The buf-built FileDescriptorSet, for reflection; undefined: `--no-reflection`. */
  readonly descriptorSet: Uint8Array | undefined;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly metrics: RpcMetrics;
  readonly audit: AuditSink | undefined;
  /** Undefined where nobody traces. */
  readonly tracer?: CallTracer | undefined;
}

/** The running server. */
export interface RpcServer {
  /** Opens every listener, or none. @throws ListenError. */
  start(): Promise<void>;
  /** Opens one more listener. @throws ListenError. */
  add(endpoint: Endpoint): Promise<Listener>;
  /** Closes a listener; its streams end with SHUTTING_DOWN if its consumer has no other, and its connections are cut. */
  remove(consumer: ConsumerView, listen: ListenAddress): Promise<void>;
  /** Listeners that listen, in the order they were opened. */
  listeners(): readonly Listener[];
  /**
   * Drains: health NOT_SERVING, listeners closed, streams ended, unary calls given `drainMs`, then force. Resolves when
   * nothing is left; never rejects. Calling it again gives the same promise.
   */
  stop(drainMs: number): Promise<void>;
}

/**
 * Requests are small; a client's List or Watch answers are bounded elsewhere. Ping after 30 s of silence and give 40 s to
 * answer, so that a client that stopped reading meets SLOW_CONSUMER (60 s) first. channelz shows peers to any caller.
 */
const GRPC_OPTIONS = {
  "grpc.max_receive_message_length": 1024 * 1024,
  "grpc.max_concurrent_streams": 256,
  "grpc.keepalive_time_ms": 30_000,
  "grpc.keepalive_timeout_ms": 40_000,
  "grpc.enable_channelz": 0,
};

/** Makes a server that does not listen yet. */
export function createRpcServer(deps: RpcServerDeps): RpcServer {
  return new GrpcServer(deps);
}

class GrpcServer implements RpcServer {
  readonly #deps: RpcServerDeps;
  readonly #server = new Server(GRPC_OPTIONS);
  readonly #inject: (socket: Socket) => void;
  readonly #connections: Connections;
  readonly #streams = new OpenStreams();
  readonly #health = new Health();
  readonly #tokenKey = randomBytes(32);
  readonly #heldRequests = new HeldRequests();
  readonly #served = new Map<ConsumerView, ServedConsumer>();
  readonly #listeners: Listener[] = [];
  readonly #unclamp = clampDeadlines();
  readonly #closeDirectPath: () => void;
  #peerReader: Promise<PeerReader | undefined> | undefined;
  #stopped: Promise<void> | undefined;

  constructor(deps: RpcServerDeps) {
    this.#deps = deps;
    this.#connections = new Connections(deps);
    const injector = this.#server.createConnectionInjector(ServerCredentials.createInsecure());
    this.#inject = (socket) => injector.injectConnection(socket);
    const { clock, log, metrics, audit, tracer, descriptorSet } = deps;
    const services = offeredServices({
      clock,
      timers: deps.timers,
      log,
      metrics,
      audit,
      tracer,
      connections: this.#connections,
      streams: this.#streams,
      health: this.#health,
      reflection: descriptorSet === undefined ? undefined : new Reflection(descriptorSet),
      isDraining: () => this.#stopped !== undefined,
    });
    for (const { definition, implementation } of services)
      this.#server.addService(definition, implementation);
    this.#closeDirectPath = openDirectPath({
      connections: this.#connections,
      methods: new Map(services.flatMap(({ direct }) => [...(direct ?? [])])),
      timers: deps.timers,
      defer: (task) => void setImmediate(task),
    });
  }

  async start(): Promise<void> {
    try {
      for (const endpoint of this.#deps.endpoints) await this.add(endpoint);
    } catch (error) {
      await this.stop(0);
      throw error;
    }
  }

  async add(endpoint: Endpoint): Promise<Listener> {
    const { clock, log, limits, metrics } = this.#deps;
    const listener = await openListener({
      spec: endpoint,
      served: this.#serve(endpoint.consumer),
      connections: this.#connections,
      maxConnections: limits.maxConnections,
      inject: this.#inject,
      peerReader: endpoint.peer === undefined ? undefined : await (this.#peerReader ??= loadPeerReader()),
      clock,
      log,
    });
    this.#listeners.push(listener);
    metrics.listener(listener.info, true);
    return listener;
  }

  async remove(consumer: ConsumerView, listen: ListenAddress): Promise<void> {
    const index = this.#listeners.findIndex(
      ({ info, spec }) => info.consumer === consumer.consumer && sameAddress(spec.listen, listen),
    );
    const [listener] = index === -1 ? [] : this.#listeners.splice(index, 1);
    if (listener === undefined) return;
    listener.close();
    this.#deps.metrics.listener(listener.info, false);
    if (!this.#listeners.some(({ info }) => info.consumer === consumer.consumer))
      await this.#unserve(consumer);
    // The end of a stream is on its way to the transport by now; what is cut is what would linger.
    setImmediate(() => listener.destroyConnections());
  }

  listeners(): readonly Listener[] {
    return [...this.#listeners];
  }

  stop(drainMs: number): Promise<void> {
    this.#stopped ??= this.#drain(drainMs);
    return this.#stopped;
  }

  async #drain(drainMs: number): Promise<void> {
    this.#health.drain();
    for (const listener of this.#listeners) {
      listener.close();
      this.#deps.metrics.listener(listener.info, false);
    }
    const consumers = [...this.#served.values()];
    await drainServer({
      server: this.#server,
      consumers,
      streams: this.#streams,
      connections: this.#connections,
      drainMs,
      timers: this.#deps.timers,
      log: this.#deps.log,
    });
    for (const listener of this.#listeners) listener.destroyConnections();
    for (const consumer of consumers) consumer.close();
    this.#unclamp();
    this.#closeDirectPath();
  }

  #serve(view: ConsumerView): ServedConsumer {
    let served = this.#served.get(view);
    if (served === undefined) {
      const { clock, timers, limits, metrics } = this.#deps;
      served = new ServedConsumer({
        view,
        clock,
        timers,
        metrics: metrics.consumer(view.consumer),
        defer: (task) => void setImmediate(task),
        heldRequests: this.#heldRequests.open(),
        tokenKey: this.#tokenKey,
        maxStaleMs: limits.maxStaleMs,
        maxStreams: limits.maxStreams,
      });
      this.#served.set(view, served);
    }
    return served;
  }

  async #unserve(view: ConsumerView): Promise<void> {
    const served = this.#served.get(view);
    if (served === undefined) return;
    this.#served.delete(view);
    served.waiters.endAll(shuttingDown());
    await this.#streams.endAll(shuttingDown(), served);
    served.close();
  }
}
