// Original file: proto/podkey/v1/credential_service.proto

import type { View as _podkey_v1_View, View__Output as _podkey_v1_View__Output } from '../../podkey/v1/View.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

// Original file: proto/podkey/v1/credential_service.proto

/**
 * Which data of the credential to return.
 */
export const _podkey_v1_GetRequest_Generation = {
  /**
   * The same as GENERATION_CURRENT.
   */
  GENERATION_UNSPECIFIED: 'GENERATION_UNSPECIFIED',
  /**
   * The current data.
   */
  GENERATION_CURRENT: 'GENERATION_CURRENT',
  /**
   * The data before the last change, during the overlap (until `Credential.previous_until`); after that
   * PREVIOUS_NOT_FOUND. For clients that must accept the old value during a rotation.
   */
  GENERATION_PREVIOUS: 'GENERATION_PREVIOUS',
} as const;

/**
 * Which data of the credential to return.
 */
export type _podkey_v1_GetRequest_Generation =
  /**
   * The same as GENERATION_CURRENT.
   */
  | 'GENERATION_UNSPECIFIED'
  | 0
  /**
   * The current data.
   */
  | 'GENERATION_CURRENT'
  | 1
  /**
   * The data before the last change, during the overlap (until `Credential.previous_until`); after that
   * PREVIOUS_NOT_FOUND. For clients that must accept the old value during a rotation.
   */
  | 'GENERATION_PREVIOUS'
  | 2

/**
 * Which data of the credential to return.
 */
export type _podkey_v1_GetRequest_Generation__Output = typeof _podkey_v1_GetRequest_Generation[keyof typeof _podkey_v1_GetRequest_Generation]

/**
 * Requests one credential.
 */
export interface GetRequest {
  /**
   * Namespace. Empty: the only namespace that is served, or NAMESPACE_REQUIRED if there are several. A namespace that is
   * not served has no credentials.
   */
  'namespace'?: (string);
  /**
   * Name. Required.
   */
  'name'?: (string);
  /**
   * The keys to return. Empty: all that the policy allows. Duplicates are ignored; a missing key is KEY_NOT_FOUND.
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
   * The maximum age of the answer. Unset: any age. If the last proof is older, podkey requests one from the source (a list
   * of names and versions, shared by all waiting calls, at most one per second). Must be positive, or BAD_DURATION.
   */
  'maxAge'?: (_google_protobuf_Duration | null);
}

/**
 * Requests one credential.
 */
export interface GetRequest__Output {
  /**
   * Namespace. Empty: the only namespace that is served, or NAMESPACE_REQUIRED if there are several. A namespace that is
   * not served has no credentials.
   */
  'namespace': (string);
  /**
   * Name. Required.
   */
  'name': (string);
  /**
   * The keys to return. Empty: all that the policy allows. Duplicates are ignored; a missing key is KEY_NOT_FOUND.
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
   * The maximum age of the answer. Unset: any age. If the last proof is older, podkey requests one from the source (a list
   * of names and versions, shared by all waiting calls, at most one per second). Must be positive, or BAD_DURATION.
   */
  'maxAge': (_google_protobuf_Duration__Output | null);
}
