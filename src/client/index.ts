/**
 * `podkey/client`: the TypeScript client. Most apps need only `credential()`; it is built from the connection, the calls
 * and the endless watch that are exported too. Depends only on @grpc/grpc-js and @grpc/proto-loader. Everything that is
 * not exported here is private.
 */
export { credential, watch } from "./credential.ts";
export type { CredentialOptions } from "./credential.ts";
export type { LiveCredential } from "./live-credential.ts";
export type { ChangeListener, HeldFreshness } from "./live-credential.ts";
export type { HeldCredential } from "./held-credential.ts";
export type { ConnectOptions } from "./shared-connection.ts";
export { listAll, listPages, openCredentialClient } from "./credential-client.ts";
export type { CallLimits, ClientOptions, CredentialClient } from "./credential-client.ts";
export { BadEndpointError, DEFAULT_ENDPOINT } from "./endpoint.ts";
export { followCredentials } from "./follow-credentials.ts";
export type { FollowOptions, WatchUpdate } from "./follow-credentials.ts";
export { RpcFailure } from "./rpc-failure.ts";
export { watchKey } from "./watch-fold.ts";
export type { CredentialMap, WatchedChange, WatchState } from "./watch-fold.ts";
export type { Credential__Output as Credential } from "./generated/podkey/v1/Credential.ts";
export type { Freshness__Output as Freshness } from "./generated/podkey/v1/Freshness.ts";
export type { GetRequest } from "./generated/podkey/v1/GetRequest.ts";
export type { GetResponse__Output as GetResponse } from "./generated/podkey/v1/GetResponse.ts";
export type { ListRequest } from "./generated/podkey/v1/ListRequest.ts";
export type { ListResponse__Output as ListResponse } from "./generated/podkey/v1/ListResponse.ts";
export type { Removed__Output as Removed } from "./generated/podkey/v1/Removed.ts";
export type { Revision__Output as Revision } from "./generated/podkey/v1/Revision.ts";
export type { WatchRequest } from "./generated/podkey/v1/WatchRequest.ts";
