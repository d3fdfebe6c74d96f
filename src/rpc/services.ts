/**
 * Every method that a listener offers: path, codec, wrapper and handler in one table. grpc-js gets the table as service
 * definitions; requests are decoded by hand and answers are byte parts (codec/).
 */
import type { MethodDefinition, ServiceDefinition, UntypedServiceImplementation } from "@grpc/grpc-js";
import type { Timers } from "../core/time/clock.ts";
import { decodeGetRequest, decodeListRequest, decodeWatchRequest } from "./codec/requests.ts";
import type { GetRequest, ListRequest, WatchRequest } from "./codec/requests.ts";
import { serializeReply } from "./codec/reply.ts";
import type { Reply } from "./codec/reply.ts";
import type { DirectMethod } from "./direct/direct-call.ts";
import { get } from "./method/get.ts";
import { decodeHealthCheckRequest, HEALTH_SERVICE } from "./method/health.ts";
import type { Health, HealthCheckRequest } from "./method/health.ts";
import type { AuditedRequest, CallDeps } from "./call/call-deps.ts";
import { askedOf, recordCall } from "./call/call-deps.ts";
import { streaming } from "./call/streaming.ts";
import { unary } from "./call/unary.ts";
import { list } from "./method/list.ts";
import { decodeReflectionRequest, REFLECTION_SERVICES } from "./reflection/reflection.ts";
import type { Reflection, ReflectionCall } from "./reflection/reflection.ts";
import type { ReadRequest } from "./request/request-decoder.ts";
import { requestDecoder, requireRead } from "./request/request-decoder.ts";
import { openWatch } from "./method/watch.ts";
import { fetchSecrets, openSecretStream, SDS_SERVICE } from "./sds/secret-discovery.ts";
import type { SecretStreamCall } from "./sds/secret-discovery.ts";
import { decodeDiscoveryRequest } from "./sds/wire.ts";
import type { DiscoveryRequest } from "./sds/wire.ts";
import type { WatchCall } from "./method/watch.ts";
import type { ServerWritableStream } from "@grpc/grpc-js";

/** A service as `Server.addService` takes it. */
export interface OfferedService {
  readonly definition: ServiceDefinition;
  readonly implementation: UntypedServiceImplementation;
  /** Methods that the direct path serves too, by their path. */
  readonly direct?: ReadonlyMap<string, DirectMethod>;
}

/** What the methods need. */
export interface ServiceDeps extends CallDeps {
  readonly timers: Timers;
  readonly health: Health;
  /** Undefined with `--no-reflection`. */
  readonly reflection: Reflection | undefined;
}

const CREDENTIAL_SERVICE = "podkey.v1.CredentialService";

/** All services, in the order of their importance. */
export function offeredServices(deps: ServiceDeps): readonly OfferedService[] {
  const { reflection } = deps;
  return [
    credentialService(deps),
    secretDiscoveryService(deps),
    healthService(deps),
    ...(reflection === undefined
      ? []
      : REFLECTION_SERVICES.map((name) => reflectionService(deps, reflection, name))),
  ];
}

function credentialService(deps: ServiceDeps): OfferedService {
  const service = CREDENTIAL_SERVICE;
  const getHandler = unary<GetRequest>(deps, {
    labels: { service, method: "Get" },
    handle: ({ served }, request, call) => get(served, request, call, deps.clock.nowMs()),
    read: { method: "Get", asked: askedByGet },
  });
  const listHandler = unary<ListRequest>(deps, {
    labels: { service, method: "List" },
    handle: ({ served }, request, call) => list(served, request, call),
    read: { method: "List", asked: askedByFilter },
  });
  const watchHandler = watchMethod(deps, service);
  return {
    direct: new Map<string, DirectMethod>([
      [`/${service}/Get`, { decode: requestDecoder(decodeGetRequest), handle: getHandler }],
      [`/${service}/List`, { decode: requestDecoder(decodeListRequest), handle: listHandler }],
      [`/${service}/Watch`, { decode: requestDecoder(decodeWatchRequest), handle: watchHandler }],
    ]),
    definition: {
      Get: method(`/${service}/Get`, decodeGetRequest),
      List: method(`/${service}/List`, decodeListRequest),
      Watch: method(`/${service}/Watch`, decodeWatchRequest, { responseStream: true }),
    },
    implementation: {
      Get: getHandler,
      List: listHandler,
      Watch: watchHandler,
    },
  };
}

function watchMethod(deps: ServiceDeps, service: string): (call: WatchCall) => void {
  return streaming<WatchCall>(deps, {
    labels: { type: "server_stream", service, method: "Watch" },
    open: openWatch,
    ended: (connection, call, { outcome, traceId }) => {
      if (outcome === "POLICY_DENIED") connection?.served.metrics.denied();
      if (outcome === "SLOW_CONSUMER") {
        connection?.served.metrics.rejected("slow_consumer");
        deps.log("rpc_slow_consumer", {
          consumer: connection?.served.view.consumer,
          peer: connection?.peer,
          trace_id: traceId(),
        });
      }
      if (deps.audit !== undefined)
        recordCall(deps, connection, "Watch", askedOf(call.request, askedByFilter), {
          outcome,
          traceId: traceId(),
        });
    },
  });
}

function secretDiscoveryService(deps: ServiceDeps): OfferedService {
  const service = SDS_SERVICE;
  return {
    definition: {
      FetchSecrets: method(`/${service}/FetchSecrets`, decodeDiscoveryRequest),
      StreamSecrets: method(`/${service}/StreamSecrets`, decodeDiscoveryRequest, {
        requestStream: true,
        responseStream: true,
      }),
    },
    implementation: {
      FetchSecrets: unary<DiscoveryRequest>(deps, {
        labels: { service, method: "FetchSecrets" },
        handle: fetchSecrets,
      }),
      StreamSecrets: streaming<SecretStreamCall>(deps, {
        labels: { type: "bidi_stream", service, method: "StreamSecrets" },
        open: (stream, call) => openSecretStream(deps, stream, call),
      }),
    },
  };
}

function healthService(deps: ServiceDeps): OfferedService {
  const { health } = deps;
  const service = HEALTH_SERVICE;
  return {
    definition: {
      Check: method(`/${service}/Check`, decodeHealthCheckRequest),
      List: method(`/${service}/List`, decodeNothing),
      Watch: method(`/${service}/Watch`, decodeHealthCheckRequest, { responseStream: true }),
    },
    implementation: {
      Check: unary<HealthCheckRequest>(deps, {
        labels: { service, method: "Check" },
        handle: ({ served }, request) => health.check(served, request),
        worksWhileDraining: true,
      }),
      List: unary<unknown>(deps, {
        labels: { service, method: "List" },
        handle: ({ served }) => health.list(served),
        worksWhileDraining: true,
      }),
      Watch: streaming<ServerWritableStream<ReadRequest<HealthCheckRequest>, Reply>>(deps, {
        labels: { type: "server_stream", service, method: "Watch" },
        open: (stream, call) => health.watch(stream, requireRead(call.request)),
      }),
    },
  };
}

function reflectionService(deps: ServiceDeps, reflection: Reflection, service: string): OfferedService {
  const path = `/${service}/ServerReflectionInfo`;
  return {
    definition: {
      ServerReflectionInfo: method(path, decodeReflectionRequest, {
        requestStream: true,
        responseStream: true,
      }),
    },
    implementation: {
      ServerReflectionInfo: streaming<ReflectionCall>(deps, {
        labels: { type: "bidi_stream", service, method: "ServerReflectionInfo" },
        open: (stream, call) => reflection.open(stream, call),
      }),
    },
  };
}

function method<Request>(
  path: string,
  decode: (bytes: Uint8Array) => Request,
  kind: { readonly requestStream?: boolean; readonly responseStream?: boolean } = {},
): MethodDefinition<ReadRequest<Request>, Reply> {
  return {
    path,
    requestStream: kind.requestStream ?? false,
    responseStream: kind.responseStream ?? false,
    // A bidirectional call has no one request that could be refused: what cannot be read ends it (grpc-js: INTERNAL).
    requestDeserialize: kind.requestStream === true ? decode : requestDecoder(decode),
    responseSerialize: serializeReply,
    // Only a client would use these; the definitions are never handed to one.
    requestSerialize: notForClients,
    responseDeserialize: notForClients,
  };
}

function notForClients(): never {
  throw new Error("these definitions serve; clients load the descriptors");
}

function decodeNothing(): object {
  return {};
}

function askedByGet(request: GetRequest): AuditedRequest {
  return { namespace: request.namespace, names: [request.name], keys: request.keys, labelSelector: "" };
}

function askedByFilter(request: ListRequest | WatchRequest): AuditedRequest {
  const { namespace, names, labelSelector } = request;
  return { namespace, names, keys: [], labelSelector };
}
