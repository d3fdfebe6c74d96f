/**
 * A stock gRPC client of the API, from grpc-js and proto-loader with our proto files. It returns promises and collects
 * streams, so that tests wait for messages and never for time.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { ProtoGrpcType } from "../../../src/client/generated/credential_service.ts";
import type { ProtoGrpcType as HealthGrpcType } from "../../../src/client/generated/health.ts";
import type { GetRequest } from "../../../src/client/generated/podkey/v1/GetRequest.ts";
import type { GetResponse__Output } from "../../../src/client/generated/podkey/v1/GetResponse.ts";
import type { ListRequest } from "../../../src/client/generated/podkey/v1/ListRequest.ts";
import type { ListResponse__Output } from "../../../src/client/generated/podkey/v1/ListResponse.ts";
import type { WatchRequest } from "../../../src/client/generated/podkey/v1/WatchRequest.ts";
import type { WatchResponse__Output } from "../../../src/client/generated/podkey/v1/WatchResponse.ts";

/** The shipped FileDescriptorSet. */
export const DESCRIPTORS = readFileSync(
  new URL("../../../src/rpc/reflection/descriptors.binpb", import.meta.url),
);

/** All messages and services of our proto files, as proto-loader returns them. */
export const DEFINITION = loadSync(
  [
    "podkey/v1/credential_service.proto",
    "grpc/health/v1/health.proto",
    "google/rpc/status.proto",
    "google/rpc/error_details.proto",
  ],
  {
    includeDirs: [fileURLToPath(new URL("../../../proto", import.meta.url))],
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  },
);
const loaded = grpc.loadPackageDefinition(DEFINITION) as unknown as ProtoGrpcType & HealthGrpcType;

/** Options of one call. */
export interface CallOptions {
  readonly timeoutMs?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** One client with one connection. */
export interface RpcClient {
  readonly raw: InstanceType<ProtoGrpcType["podkey"]["v1"]["CredentialService"]>;
  readonly health: InstanceType<HealthGrpcType["grpc"]["health"]["v1"]["Health"]>;
  get(request: GetRequest, options?: CallOptions): Promise<GetResponse__Output>;
  list(request: ListRequest, options?: CallOptions): Promise<ListResponse__Output>;
  watch(request: WatchRequest, options?: CallOptions): WatchReader;
  close(): void;
}

/** A client of an address in the form of grpc-js (`unix:PATH`, `127.0.0.1:PORT`). */
export function openClient(address: string, options: grpc.ClientOptions = {}): RpcClient {
  const credentials = grpc.credentials.createInsecure();
  // Without its own pool two clients of one address would share a connection.
  const own = { "grpc.use_local_subchannel_pool": 1, ...options };
  const raw = new loaded.podkey.v1.CredentialService(address, credentials, own);
  const health = new loaded.grpc.health.v1.Health(address, credentials, own);
  return {
    raw,
    health,
    get: (request, call) => promised((done) => raw.Get(request, ...args(call), done)),
    list: (request, call) => promised((done) => raw.List(request, ...args(call), done)),
    watch: (request, call) => new WatchReader(raw.Watch(request, ...args(call))),
    close: () => {
      raw.close();
      health.close();
    },
  };
}

/** Reads a Watch message by message. */
export class WatchReader {
  readonly call: grpc.ClientReadableStream<WatchResponse__Output>;
  readonly #messages: WatchResponse__Output[] = [];
  readonly #waiting: (() => void)[] = [];
  #status: grpc.StatusObject | undefined;

  constructor(call: grpc.ClientReadableStream<WatchResponse__Output>) {
    this.call = call;
    call.on("data", (message: WatchResponse__Output) => {
      this.#messages.push(message);
      this.#wake();
    });
    call.on("error", () => undefined);
    call.on("status", (status: grpc.StatusObject) => {
      this.#status = status;
      this.#wake();
    });
  }

  /** The next message. @throws the status, if the stream ends instead. */
  async next(): Promise<WatchResponse__Output> {
    for (;;) {
      const message = this.#messages.shift();
      if (message !== undefined) return message;
      if (this.#status !== undefined) throw new Error(`the stream ended: ${this.#status.details}`);
      await this.#woken();
    }
  }

  /** Messages up to and including the first that satisfies the condition. */
  async until(
    isLast: (message: WatchResponse__Output) => boolean,
  ): Promise<readonly WatchResponse__Output[]> {
    const taken: WatchResponse__Output[] = [];
    for (;;) {
      const message = await this.next();
      taken.push(message);
      if (isLast(message)) return taken;
    }
  }

  /** The status that ends the stream. */
  async ended(): Promise<grpc.StatusObject> {
    while (this.#status === undefined) await this.#woken();
    return this.#status;
  }

  #woken(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}

function args(call: CallOptions = {}): [grpc.Metadata, grpc.CallOptions] {
  const metadata = new grpc.Metadata();
  for (const [key, value] of Object.entries(call.metadata ?? {})) metadata.set(key, value);
  return [metadata, call.timeoutMs === undefined ? {} : { deadline: Date.now() + call.timeoutMs }];
}

function promised<T>(
  start: (done: (error: grpc.ServiceError | null, response?: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    start((error, response) => {
      if (error !== null) reject(error);
      else if (response !== undefined) resolve(response);
    });
  });
}
