// Original file: proto/podkey/v1/credential_service.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetRequest as _podkey_v1_GetRequest, GetRequest__Output as _podkey_v1_GetRequest__Output } from '../../podkey/v1/GetRequest.ts';
import type { GetResponse as _podkey_v1_GetResponse, GetResponse__Output as _podkey_v1_GetResponse__Output } from '../../podkey/v1/GetResponse.ts';
import type { ListRequest as _podkey_v1_ListRequest, ListRequest__Output as _podkey_v1_ListRequest__Output } from '../../podkey/v1/ListRequest.ts';
import type { ListResponse as _podkey_v1_ListResponse, ListResponse__Output as _podkey_v1_ListResponse__Output } from '../../podkey/v1/ListResponse.ts';
import type { WatchRequest as _podkey_v1_WatchRequest, WatchRequest__Output as _podkey_v1_WatchRequest__Output } from '../../podkey/v1/WatchRequest.ts';
import type { WatchResponse as _podkey_v1_WatchResponse, WatchResponse__Output as _podkey_v1_WatchResponse__Output } from '../../podkey/v1/WatchResponse.ts';

/**
 * Reads credentials: one (Get), many (List), or as they change (Watch). No method writes. The name `Report` is reserved
 * for a later method.
 */
export interface CredentialServiceClient extends grpc.Client {
  /**
   * Returns one credential from memory. Reads from the source only if `max_age` requires a proof.
   * 
   * Errors: CREDENTIAL_NOT_FOUND, KEY_NOT_FOUND, PREVIOUS_NOT_FOUND, POLICY_DENIED, BAD_NAME, BAD_DURATION, BAD_REQUEST,
   * REQUEST_TOO_LARGE, NAMESPACE_REQUIRED, NOT_SYNCED, SOURCE_STALE, TOO_MANY_WAITERS. Before the first sync the call
   * waits until 100 ms (or a tenth of the remaining time, if less) before its deadline, at most 10 s.
   */
  Get(argument: _podkey_v1_GetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_podkey_v1_GetResponse__Output>): grpc.ClientUnaryCall;
  Get(argument: _podkey_v1_GetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_podkey_v1_GetResponse__Output>): grpc.ClientUnaryCall;
  Get(argument: _podkey_v1_GetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_podkey_v1_GetResponse__Output>): grpc.ClientUnaryCall;
  Get(argument: _podkey_v1_GetRequest, callback: grpc.requestCallback<_podkey_v1_GetResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Returns one credential from memory. Reads from the source only if `max_age` requires a proof.
   * 
   * Errors: CREDENTIAL_NOT_FOUND, KEY_NOT_FOUND, PREVIOUS_NOT_FOUND, POLICY_DENIED, BAD_NAME, BAD_DURATION, BAD_REQUEST,
   * REQUEST_TOO_LARGE, NAMESPACE_REQUIRED, NOT_SYNCED, SOURCE_STALE, TOO_MANY_WAITERS. Before the first sync the call
   * waits until 100 ms (or a tenth of the remaining time, if less) before its deadline, at most 10 s.
   */
  get(argument: _podkey_v1_GetRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_podkey_v1_GetResponse__Output>): grpc.ClientUnaryCall;
  get(argument: _podkey_v1_GetRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_podkey_v1_GetResponse__Output>): grpc.ClientUnaryCall;
  get(argument: _podkey_v1_GetRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_podkey_v1_GetResponse__Output>): grpc.ClientUnaryCall;
  get(argument: _podkey_v1_GetRequest, callback: grpc.requestCallback<_podkey_v1_GetResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Lists credentials, sorted by namespace and name, in pages of at most 1 MiB. All pages of one listing are read from the
   * same revision, even if credentials change in the meantime.
   * 
   * Errors: POLICY_DENIED, BAD_NAME, BAD_SELECTOR, BAD_PAGE_SIZE, BAD_PAGE_TOKEN, PAGE_EXPIRED, BAD_DURATION,
   * BAD_REQUEST, REQUEST_TOO_LARGE, NOT_SYNCED, SOURCE_STALE, TOO_MANY_WAITERS. Waits before the first sync like Get.
   */
  List(argument: _podkey_v1_ListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_podkey_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _podkey_v1_ListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_podkey_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _podkey_v1_ListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_podkey_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  List(argument: _podkey_v1_ListRequest, callback: grpc.requestCallback<_podkey_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  /**
   * Lists credentials, sorted by namespace and name, in pages of at most 1 MiB. All pages of one listing are read from the
   * same revision, even if credentials change in the meantime.
   * 
   * Errors: POLICY_DENIED, BAD_NAME, BAD_SELECTOR, BAD_PAGE_SIZE, BAD_PAGE_TOKEN, PAGE_EXPIRED, BAD_DURATION,
   * BAD_REQUEST, REQUEST_TOO_LARGE, NOT_SYNCED, SOURCE_STALE, TOO_MANY_WAITERS. Waits before the first sync like Get.
   */
  list(argument: _podkey_v1_ListRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_podkey_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _podkey_v1_ListRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_podkey_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _podkey_v1_ListRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_podkey_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  list(argument: _podkey_v1_ListRequest, callback: grpc.requestCallback<_podkey_v1_ListResponse__Output>): grpc.ClientUnaryCall;
  
  /**
   * Streams the selected credentials and then every change, until the client ends the call. WatchResponse describes the
   * protocol.
   * 
   * A Watch is never refused or ended because the source is stale; before the first sync it sends heartbeats only.
   * Set no deadline, or one under 20 days. Reconnect after every end, with the last non-empty `resume_token`.
   * Errors: POLICY_DENIED, BAD_NAME, BAD_SELECTOR, BAD_DURATION, BAD_RESUME_TOKEN, RESUME_NOT_POSSIBLE, BAD_REQUEST,
   * REQUEST_TOO_LARGE, TOO_MANY_STREAMS, SLOW_CONSUMER, SHUTTING_DOWN.
   */
  Watch(argument: _podkey_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_podkey_v1_WatchResponse__Output>;
  Watch(argument: _podkey_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_podkey_v1_WatchResponse__Output>;
  /**
   * Streams the selected credentials and then every change, until the client ends the call. WatchResponse describes the
   * protocol.
   * 
   * A Watch is never refused or ended because the source is stale; before the first sync it sends heartbeats only.
   * Set no deadline, or one under 20 days. Reconnect after every end, with the last non-empty `resume_token`.
   * Errors: POLICY_DENIED, BAD_NAME, BAD_SELECTOR, BAD_DURATION, BAD_RESUME_TOKEN, RESUME_NOT_POSSIBLE, BAD_REQUEST,
   * REQUEST_TOO_LARGE, TOO_MANY_STREAMS, SLOW_CONSUMER, SHUTTING_DOWN.
   */
  watch(argument: _podkey_v1_WatchRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_podkey_v1_WatchResponse__Output>;
  watch(argument: _podkey_v1_WatchRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_podkey_v1_WatchResponse__Output>;
  
}

/**
 * Reads credentials: one (Get), many (List), or as they change (Watch). No method writes. The name `Report` is reserved
 * for a later method.
 */
export interface CredentialServiceHandlers extends grpc.UntypedServiceImplementation {
  /**
   * Returns one credential from memory. Reads from the source only if `max_age` requires a proof.
   * 
   * Errors: CREDENTIAL_NOT_FOUND, KEY_NOT_FOUND, PREVIOUS_NOT_FOUND, POLICY_DENIED, BAD_NAME, BAD_DURATION, BAD_REQUEST,
   * REQUEST_TOO_LARGE, NAMESPACE_REQUIRED, NOT_SYNCED, SOURCE_STALE, TOO_MANY_WAITERS. Before the first sync the call
   * waits until 100 ms (or a tenth of the remaining time, if less) before its deadline, at most 10 s.
   */
  Get: grpc.handleUnaryCall<_podkey_v1_GetRequest__Output, _podkey_v1_GetResponse>;
  
  /**
   * Lists credentials, sorted by namespace and name, in pages of at most 1 MiB. All pages of one listing are read from the
   * same revision, even if credentials change in the meantime.
   * 
   * Errors: POLICY_DENIED, BAD_NAME, BAD_SELECTOR, BAD_PAGE_SIZE, BAD_PAGE_TOKEN, PAGE_EXPIRED, BAD_DURATION,
   * BAD_REQUEST, REQUEST_TOO_LARGE, NOT_SYNCED, SOURCE_STALE, TOO_MANY_WAITERS. Waits before the first sync like Get.
   */
  List: grpc.handleUnaryCall<_podkey_v1_ListRequest__Output, _podkey_v1_ListResponse>;
  
  /**
   * Streams the selected credentials and then every change, until the client ends the call. WatchResponse describes the
   * protocol.
   * 
   * A Watch is never refused or ended because the source is stale; before the first sync it sends heartbeats only.
   * Set no deadline, or one under 20 days. Reconnect after every end, with the last non-empty `resume_token`.
   * Errors: POLICY_DENIED, BAD_NAME, BAD_SELECTOR, BAD_DURATION, BAD_RESUME_TOKEN, RESUME_NOT_POSSIBLE, BAD_REQUEST,
   * REQUEST_TOO_LARGE, TOO_MANY_STREAMS, SLOW_CONSUMER, SHUTTING_DOWN.
   */
  Watch: grpc.handleServerStreamingCall<_podkey_v1_WatchRequest__Output, _podkey_v1_WatchResponse>;
  
}

export interface CredentialServiceDefinition extends grpc.ServiceDefinition {
  Get: MethodDefinition<_podkey_v1_GetRequest, _podkey_v1_GetResponse, _podkey_v1_GetRequest__Output, _podkey_v1_GetResponse__Output>
  List: MethodDefinition<_podkey_v1_ListRequest, _podkey_v1_ListResponse, _podkey_v1_ListRequest__Output, _podkey_v1_ListResponse__Output>
  Watch: MethodDefinition<_podkey_v1_WatchRequest, _podkey_v1_WatchResponse, _podkey_v1_WatchRequest__Output, _podkey_v1_WatchResponse__Output>
}
