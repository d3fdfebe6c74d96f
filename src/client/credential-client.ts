/**
 * A connection to one podkey and its three calls, as promises and async iterables. Used by the command line and exported
 * as `podkey/client`. Every error of a call is an RpcFailure.
 */
import { credentials, Metadata } from "@grpc/grpc-js";
import type { CallOptions, ChannelOptions, ClientReadableStream } from "@grpc/grpc-js";
import type { CredentialServiceClient } from "./generated/podkey/v1/CredentialService.ts";
import type { GetRequest } from "./generated/podkey/v1/GetRequest.ts";
import type { GetResponse__Output as GetResponse } from "./generated/podkey/v1/GetResponse.ts";
import type { ListRequest } from "./generated/podkey/v1/ListRequest.ts";
import type { ListResponse__Output as ListResponse } from "./generated/podkey/v1/ListResponse.ts";
import type { WatchRequest } from "./generated/podkey/v1/WatchRequest.ts";
import type { WatchResponse__Output as WatchResponse } from "./generated/podkey/v1/WatchResponse.ts";
import { descriptors } from "./descriptors.ts";
import { parseEndpoint } from "./endpoint.ts";
import { RpcFailure, toRpcFailure } from "./rpc-failure.ts";

/** How to open a client. */
export interface ClientOptions {
  /** `unix:///path`, `unix:path` or `host:port`. */
  readonly endpoint: string;
  /** Returns the bearer token of a TCP listener. Called before each call, because the token may be rotated. */
  readonly token?: () => Promise<string | undefined>;
}

/** Limits of one call. */
export interface CallLimits {
  /** Milliseconds until DEADLINE_EXCEEDED; undefined: no deadline. */
  readonly timeoutMs?: number | undefined;
  /** Ends the call with CANCELLED. */
  readonly signal?: AbortSignal | undefined;
}

/** An open client. */
export interface CredentialClient {
  /** One credential. @throws RpcFailure. */
  get(request: GetRequest, limits?: CallLimits): Promise<GetResponse>;
  /** One page. @throws RpcFailure. */
  list(request: ListRequest, limits?: CallLimits): Promise<ListResponse>;
  /** The bare stream; `followCredentials` folds it into states and reconnects. @throws RpcFailure. */
  watch(request: WatchRequest, limits?: CallLimits): AsyncIterable<WatchResponse>;
  /** Closes the connection; open calls end with CANCELLED or UNAVAILABLE. */
  close(): void;
}

/**
 * podkey is at the other end of a local socket: reconnect within a second (gRPC's default backoff goes up to two minutes)
 * and never through an HTTP proxy of the environment.
 */
const CHANNEL: ChannelOptions = {
  "grpc.initial_reconnect_backoff_ms": 100,
  "grpc.max_reconnect_backoff_ms": 1000,
  "grpc.enable_http_proxy": 0,
  "grpc.use_local_subchannel_pool": 1,
};

/** Opens a client, which connects at its first call. @throws BadEndpointError. */
export function openCredentialClient({ endpoint, token }: ClientOptions): CredentialClient {
  const { CredentialService } = descriptors().podkey.v1;
  const stub = new CredentialService(parseEndpoint(endpoint).target, credentials.createInsecure(), CHANNEL);
  const metadata = async (): Promise<Metadata> => {
    const bearer = await token?.();
    const sent = new Metadata();
    if (bearer !== undefined) sent.set("authorization", `Bearer ${bearer}`);
    return sent;
  };
  return {
    get: async (request, limits = {}) => {
      const sent = await metadata();
      return unary(limits, (options, done) => stub.get(request, sent, options, done));
    },
    list: async (request, limits = {}) => {
      const sent = await metadata();
      return unary(limits, (options, done) => stub.list(request, sent, options, done));
    },
    watch: (request, limits = {}) => watchStream(stub, metadata, request, limits),
    close: () => stub.close(),
  };
}

type Done<Response> = (error: Error | null, response?: Response) => void;

function unary<Response>(
  limits: CallLimits,
  start: (options: CallOptions, done: Done<Response>) => { cancel(): void },
): Promise<Response> {
  return new Promise((resolve, reject) => {
    const { signal } = limits;
    const cancel = (): void => call.cancel();
    const call = start(callOptions(limits), (error, response) => {
      signal?.removeEventListener("abort", cancel);
      if (response === undefined) reject(toRpcFailure(error));
      else resolve(response);
    });
    if (signal?.aborted === true) cancel();
    else signal?.addEventListener("abort", cancel, { once: true });
  });
}

async function* watchStream(
  stub: CredentialServiceClient,
  metadata: () => Promise<Metadata>,
  request: WatchRequest,
  limits: CallLimits,
): AsyncGenerator<WatchResponse, void, undefined> {
  const { signal } = limits;
  const stream: ClientReadableStream<WatchResponse> = stub.watch(
    request,
    await metadata(),
    callOptions(limits),
  );
  const cancel = (): void => stream.cancel();
  if (signal?.aborted === true) cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  // An error after the iteration has ended (stream.cancel() below causes one) must not end the process.
  stream.on("error", () => undefined);
  try {
    for await (const message of stream) yield message as WatchResponse;
  } catch (error) {
    throw toRpcFailure(error);
  } finally {
    signal?.removeEventListener("abort", cancel);
    stream.cancel();
  }
}

function callOptions({ timeoutMs }: CallLimits): CallOptions {
  return timeoutMs === undefined ? {} : { deadline: Date.now() + timeoutMs };
}

/** The pages of one listing. @throws RpcFailure, also PAGE_EXPIRED if the snapshot of the pages is gone. */
export async function* listPages(
  client: CredentialClient,
  request: ListRequest,
  limits?: CallLimits,
): AsyncGenerator<ListResponse, void, undefined> {
  let page = await client.list(request, limits);
  yield page;
  while (page.nextPageToken !== "") {
    page = await client.list({ ...request, pageToken: page.nextPageToken }, limits);
    yield page;
  }
}

/** All credentials that match, over all pages, with the revision and freshness of the last page. */
export async function listAll(
  client: CredentialClient,
  request: ListRequest,
  limits?: CallLimits,
): Promise<ListResponse> {
  for (let attempt = 1; ; attempt++) {
    try {
      const pages = await Array.fromAsync(listPages(client, request, limits));
      const last = pages.at(-1);
      if (last !== undefined)
        return { ...last, credentials: pages.flatMap(({ credentials }) => credentials) };
    } catch (error) {
      // The snapshot of these pages is gone: start the listing again.
      if (!(error instanceof RpcFailure) || error.reason !== "PAGE_EXPIRED" || attempt >= 3) throw error;
    }
  }
}
