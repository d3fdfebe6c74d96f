// Original file: proto/podkey/v1/credential_service.proto

import type { View as _podkey_v1_View, View__Output as _podkey_v1_View__Output } from '../../podkey/v1/View.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

// Original file: proto/podkey/v1/credential_service.proto

/**
 * Which data of the credential.
 */
export const _podkey_v1_GetRequest_Generation = {
  /**
   * The same as GENERATION_CURRENT.
   */
  GENERATION_UNSPECIFIED: 'GENERATION_UNSPECIFIED',
  /**
   * The data as it is now.
   */
  GENERATION_CURRENT: 'GENERATION_CURRENT',
  /**
   * The data before the last change, while the overlap lasts (`Credential.previous_until`); otherwise
   * PREVIOUS_NOT_FOUND. For clients that must accept the old value during a rotation.
   */
  GENERATION_PREVIOUS: 'GENERATION_PREVIOUS',
} as const;

/**
 * Which data of the credential.
 */
export type _podkey_v1_GetRequest_Generation =
  /**
   * The same as GENERATION_CURRENT.
   */
  | 'GENERATION_UNSPECIFIED'
  | 0
  /**
   * The data as it is now.
   */
  | 'GENERATION_CURRENT'
  | 1
  /**
   * The data before the last change, while the overlap lasts (`Credential.previous_until`); otherwise
   * PREVIOUS_NOT_FOUND. For clients that must accept the old value during a rotation.
   */
  | 'GENERATION_PREVIOUS'
  | 2

/**
 * Which data of the credential.
 */
export type _podkey_v1_GetRequest_Generation__Output = typeof _podkey_v1_GetRequest_Generation[keyof typeof _podkey_v1_GetRequest_Generation]

/**
 * Asks for one credential.
 */
export interface GetRequest {
  /**
   * Namespace. Empty: the only served one; NAMESPACE_REQUIRED if there are several. In one that is not served nothing
   * is found.
   */
  'namespace'?: (string);
  /**
   * Name; required.
   */
  'name'?: (string);
  /**
   * The keys wanted. Empty: all that the policy allows. Duplicates are ignored; a missing one is KEY_NOT_FOUND.
   */
  'keys'?: (string)[];
  /**
   * Default: VIEW_FULL.
   */
  'view'?: (_podkey_v1_View);
  /**
   * Default: the current data.
   */
  'generation'?: (_podkey_v1_GetRequest_Generation);
  /**
   * The greatest age that the answer may have. Unset: any. Where the last proof is older, podkey asks the source for one
   * (a list of names and versions, shared by all waiters, at most one a second). Must be positive: BAD_DURATION.
   */
  'maxAge'?: (_google_protobuf_Duration | null);
}

/**
 * Asks for one credential.
 */
export interface GetRequest__Output {
  /**
   * Namespace. Empty: the only served one; NAMESPACE_REQUIRED if there are several. In one that is not served nothing
   * is found.
   */
  'namespace': (string);
  /**
   * Name; required.
   */
  'name': (string);
  /**
   * The keys wanted. Empty: all that the policy allows. Duplicates are ignored; a missing one is KEY_NOT_FOUND.
   */
  'keys': (string)[];
  /**
   * Default: VIEW_FULL.
   */
  'view': (_podkey_v1_View__Output);
  /**
   * Default: the current data.
   */
  'generation': (_podkey_v1_GetRequest_Generation__Output);
  /**
   * The greatest age that the answer may have. Unset: any. Where the last proof is older, podkey asks the source for one
   * (a list of names and versions, shared by all waiters, at most one a second). Must be positive: BAD_DURATION.
   */
  'maxAge': (_google_protobuf_Duration__Output | null);
}
