/** A stock client of Envoy's SDS: grpc-js and proto-loader with the vendored definitions. The test decides its requests. */
import { fileURLToPath } from "node:url";
import * as grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";
import type { MethodDefinition } from "@grpc/proto-loader";

/** All messages of SDS, as proto-loader returns them. */
export const SDS_DEFINITION = loadSync(
  ["envoy/service/secret/v3/sds.proto", "envoy/extensions/transport_sockets/tls/v3/secret.proto"],
  {
    includeDirs: [fileURLToPath(new URL("../../../third_party/xds", import.meta.url))],
    longs: String,
    enums: String,
  },
);

/** A secret with its values as text. */
export interface LoadedSecret {
  readonly name: string;
  readonly chain?: string;
  readonly key?: string;
  readonly trusted?: string;
}

/** A decoded response. */
export interface SdsResponse {
  readonly version: string;
  readonly nonce: string;
  readonly typeUrl: string;
  readonly secrets: readonly LoadedSecret[];
}

/** Fields of a DiscoveryRequest for proto-loader. */
export interface SdsRequest {
  readonly versionInfo?: string;
  readonly node?: { readonly id: string };
  readonly resourceNames?: readonly string[];
  readonly typeUrl?: string;
  readonly responseNonce?: string;
  readonly errorDetail?: { readonly code: number; readonly message: string };
}

interface WireResponse {
  readonly versionInfo?: string;
  readonly nonce?: string;
  readonly typeUrl?: string;
  readonly resources?: readonly { readonly type_url: string; readonly value: Buffer }[];
}

interface WireSource {
  readonly inlineBytes?: Buffer;
}

interface WireSecret {
  readonly name: string;
  readonly tlsCertificate?: { readonly certificateChain?: WireSource; readonly privateKey?: WireSource };
  readonly validationContext?: { readonly trustedCa?: WireSource };
}

interface MessageCodec {
  deserialize(bytes: Buffer): object;
}

const SERVICE = SDS_DEFINITION["envoy.service.secret.v3.SecretDiscoveryService"] as unknown as Readonly<
  Record<"StreamSecrets" | "FetchSecrets", MethodDefinition<object, object>>
>;
const SECRET = SDS_DEFINITION["envoy.extensions.transport_sockets.tls.v3.Secret"] as unknown as MessageCodec;

/** Decodes the resources of a response. */
export function openResponse(response: object): SdsResponse {
  const { versionInfo = "", nonce = "", typeUrl = "", resources = [] } = response as WireResponse;
  return { version: versionInfo, nonce, typeUrl, secrets: resources.map(({ value }) => openSecret(value)) };
}

function openSecret(bytes: Buffer): LoadedSecret {
  const { name, tlsCertificate, validationContext } = SECRET.deserialize(bytes) as WireSecret;
  const text = (source: WireSource | undefined): string => source?.inlineBytes?.toString() ?? "";
  if (tlsCertificate !== undefined)
    return { name, chain: text(tlsCertificate.certificateChain), key: text(tlsCertificate.privateKey) };
  return { name, trusted: text(validationContext?.trustedCa) };
}

/** One client with one connection. */
export class SdsClient {
  readonly #client: grpc.Client;

  constructor(address: string) {
    this.#client = new grpc.Client(address, grpc.credentials.createInsecure());
  }

  /** FetchSecrets. Rejects with the status. */
  fetch(request: SdsRequest): Promise<SdsResponse> {
    const { path, requestSerialize, responseDeserialize } = SERVICE.FetchSecrets;
    return new Promise((resolve, reject) => {
      this.#client.makeUnaryRequest(
        path,
        requestSerialize,
        responseDeserialize,
        request,
        (error, response) => {
          if (error !== null) reject(error);
          else resolve(openResponse(response ?? {}));
        },
      );
    });
  }

  /** StreamSecrets. */
  stream(): SdsStream {
    const { path, requestSerialize, responseDeserialize } = SERVICE.StreamSecrets;
    return new SdsStream(this.#client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize));
  }

  close(): void {
    this.#client.close();
  }
}

/** One StreamSecrets. */
export class SdsStream {
  readonly call: grpc.ClientDuplexStream<object, object>;
  readonly #responses: SdsResponse[] = [];
  readonly #waiting: (() => void)[] = [];
  #status: grpc.StatusObject | undefined;

  constructor(call: grpc.ClientDuplexStream<object, object>) {
    this.call = call;
    call.on("data", (response: object) => {
      this.#responses.push(openResponse(response));
      this.#wake();
    });
    call.on("error", () => undefined);
    call.on("status", (status: grpc.StatusObject) => {
      this.#status = status;
      this.#wake();
    });
  }

  /** Sends a request. */
  send(request: SdsRequest): void {
    this.call.write(request);
  }

  /** The next response. @throws if the stream ends instead. */
  async next(): Promise<SdsResponse> {
    for (;;) {
      const response = this.#responses.shift();
      if (response !== undefined) return response;
      if (this.#status !== undefined) throw new Error(`the stream ended: ${this.#status.details}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** The status that ends the stream. */
  async ended(): Promise<grpc.StatusObject> {
    while (this.#status === undefined) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.#status;
  }

  #wake(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }
}
