import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from './google/protobuf/Duration.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from './google/protobuf/Timestamp.ts';
import type { Change as _podkey_v1_Change, Change__Output as _podkey_v1_Change__Output } from './podkey/v1/Change.ts';
import type { Credential as _podkey_v1_Credential, Credential__Output as _podkey_v1_Credential__Output } from './podkey/v1/Credential.ts';
import type { CredentialServiceClient as _podkey_v1_CredentialServiceClient, CredentialServiceDefinition as _podkey_v1_CredentialServiceDefinition } from './podkey/v1/CredentialService.ts';
import type { Freshness as _podkey_v1_Freshness, Freshness__Output as _podkey_v1_Freshness__Output } from './podkey/v1/Freshness.ts';
import type { GetRequest as _podkey_v1_GetRequest, GetRequest__Output as _podkey_v1_GetRequest__Output } from './podkey/v1/GetRequest.ts';
import type { GetResponse as _podkey_v1_GetResponse, GetResponse__Output as _podkey_v1_GetResponse__Output } from './podkey/v1/GetResponse.ts';
import type { Heartbeat as _podkey_v1_Heartbeat, Heartbeat__Output as _podkey_v1_Heartbeat__Output } from './podkey/v1/Heartbeat.ts';
import type { KeyInfo as _podkey_v1_KeyInfo, KeyInfo__Output as _podkey_v1_KeyInfo__Output } from './podkey/v1/KeyInfo.ts';
import type { ListRequest as _podkey_v1_ListRequest, ListRequest__Output as _podkey_v1_ListRequest__Output } from './podkey/v1/ListRequest.ts';
import type { ListResponse as _podkey_v1_ListResponse, ListResponse__Output as _podkey_v1_ListResponse__Output } from './podkey/v1/ListResponse.ts';
import type { Problem as _podkey_v1_Problem, Problem__Output as _podkey_v1_Problem__Output } from './podkey/v1/Problem.ts';
import type { Removed as _podkey_v1_Removed, Removed__Output as _podkey_v1_Removed__Output } from './podkey/v1/Removed.ts';
import type { Reset as _podkey_v1_Reset, Reset__Output as _podkey_v1_Reset__Output } from './podkey/v1/Reset.ts';
import type { Revision as _podkey_v1_Revision, Revision__Output as _podkey_v1_Revision__Output } from './podkey/v1/Revision.ts';
import type { Synced as _podkey_v1_Synced, Synced__Output as _podkey_v1_Synced__Output } from './podkey/v1/Synced.ts';
import type { WatchRequest as _podkey_v1_WatchRequest, WatchRequest__Output as _podkey_v1_WatchRequest__Output } from './podkey/v1/WatchRequest.ts';
import type { WatchResponse as _podkey_v1_WatchResponse, WatchResponse__Output as _podkey_v1_WatchResponse__Output } from './podkey/v1/WatchResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  google: {
    protobuf: {
      Duration: MessageTypeDefinition<_google_protobuf_Duration, _google_protobuf_Duration__Output>
      Timestamp: MessageTypeDefinition<_google_protobuf_Timestamp, _google_protobuf_Timestamp__Output>
    }
  }
  podkey: {
    v1: {
      Change: MessageTypeDefinition<_podkey_v1_Change, _podkey_v1_Change__Output>
      Credential: MessageTypeDefinition<_podkey_v1_Credential, _podkey_v1_Credential__Output>
      /**
       * Reads credentials: one (Get), many (List), or as they change (Watch). No method writes. The name `Report` is reserved
       * for a later method.
       */
      CredentialService: SubtypeConstructor<typeof grpc.Client, _podkey_v1_CredentialServiceClient> & { service: _podkey_v1_CredentialServiceDefinition }
      Freshness: MessageTypeDefinition<_podkey_v1_Freshness, _podkey_v1_Freshness__Output>
      GetRequest: MessageTypeDefinition<_podkey_v1_GetRequest, _podkey_v1_GetRequest__Output>
      GetResponse: MessageTypeDefinition<_podkey_v1_GetResponse, _podkey_v1_GetResponse__Output>
      Heartbeat: MessageTypeDefinition<_podkey_v1_Heartbeat, _podkey_v1_Heartbeat__Output>
      KeyInfo: MessageTypeDefinition<_podkey_v1_KeyInfo, _podkey_v1_KeyInfo__Output>
      ListRequest: MessageTypeDefinition<_podkey_v1_ListRequest, _podkey_v1_ListRequest__Output>
      ListResponse: MessageTypeDefinition<_podkey_v1_ListResponse, _podkey_v1_ListResponse__Output>
      Problem: MessageTypeDefinition<_podkey_v1_Problem, _podkey_v1_Problem__Output>
      Removed: MessageTypeDefinition<_podkey_v1_Removed, _podkey_v1_Removed__Output>
      Reset: MessageTypeDefinition<_podkey_v1_Reset, _podkey_v1_Reset__Output>
      Revision: MessageTypeDefinition<_podkey_v1_Revision, _podkey_v1_Revision__Output>
      Synced: MessageTypeDefinition<_podkey_v1_Synced, _podkey_v1_Synced__Output>
      View: EnumTypeDefinition
      WatchRequest: MessageTypeDefinition<_podkey_v1_WatchRequest, _podkey_v1_WatchRequest__Output>
      WatchResponse: MessageTypeDefinition<_podkey_v1_WatchResponse, _podkey_v1_WatchResponse__Output>
    }
  }
}

