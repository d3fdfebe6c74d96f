// Original file: proto/podkey/v1/credential_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

// Original file: proto/podkey/v1/credential_service.proto

/**
 * Whether the answer can be taken as current.
 */
export const _podkey_v1_Freshness_State = {
  /**
   * Never sent.
   */
  STATE_UNSPECIFIED: 'STATE_UNSPECIFIED',
  /**
   * Synced, proved within 90 s, and (over HTTP/2) a sign of life within 45 s.
   */
  STATE_FRESH: 'STATE_FRESH',
  /**
   * Anything else; `reason` says why. The content is the last known good.
   */
  STATE_STALE: 'STATE_STALE',
} as const;

/**
 * Whether the answer can be taken as current.
 */
export type _podkey_v1_Freshness_State =
  /**
   * Never sent.
   */
  | 'STATE_UNSPECIFIED'
  | 0
  /**
   * Synced, proved within 90 s, and (over HTTP/2) a sign of life within 45 s.
   */
  | 'STATE_FRESH'
  | 1
  /**
   * Anything else; `reason` says why. The content is the last known good.
   */
  | 'STATE_STALE'
  | 2

/**
 * Whether the answer can be taken as current.
 */
export type _podkey_v1_Freshness_State__Output = typeof _podkey_v1_Freshness_State[keyof typeof _podkey_v1_Freshness_State]

/**
 * How sure podkey is that an answer equals the source.
 * 
 * A data proof is the end of a list, an event, a bookmark (they come every 60 s), or a list of names and versions that
 * equals podkey's own. In good health the age is a saw tooth of 0 to 60 s. Of several upstream watches the worst one
 * that the answer touches counts. For folders a proof is the end of a full scan (at changes, and every 10 s).
 */
export interface Freshness {
  /**
   * FRESH or STALE.
   */
  'state'?: (_podkey_v1_Freshness_State);
  /**
   * Time of the last data proof, by podkey's wall clock. Unset before the first sync.
   */
  'asOf'?: (_google_protobuf_Timestamp | null);
  /**
   * Time since `as_of` when the answer was made, by the monotonic clock. Unset before the first sync.
   */
  'age'?: (_google_protobuf_Duration | null);
  /**
   * Why the answer is stale; empty when fresh. An open set: STARTING, UNREACHABLE, DEAD_CONNECTION, SILENT, THROTTLED,
   * FORBIDDEN, UNAUTHORIZED, LIMIT, SOURCE_ERROR, CONFIGURATION.
   */
  'reason'?: (string);
  /**
   * Time of the last byte or HTTP/2 PING acknowledgement from the source. Unset if there was none.
   */
  'contactTime'?: (_google_protobuf_Timestamp | null);
}

/**
 * How sure podkey is that an answer equals the source.
 * 
 * A data proof is the end of a list, an event, a bookmark (they come every 60 s), or a list of names and versions that
 * equals podkey's own. In good health the age is a saw tooth of 0 to 60 s. Of several upstream watches the worst one
 * that the answer touches counts. For folders a proof is the end of a full scan (at changes, and every 10 s).
 */
export interface Freshness__Output {
  /**
   * FRESH or STALE.
   */
  'state': (_podkey_v1_Freshness_State__Output);
  /**
   * Time of the last data proof, by podkey's wall clock. Unset before the first sync.
   */
  'asOf': (_google_protobuf_Timestamp__Output | null);
  /**
   * Time since `as_of` when the answer was made, by the monotonic clock. Unset before the first sync.
   */
  'age': (_google_protobuf_Duration__Output | null);
  /**
   * Why the answer is stale; empty when fresh. An open set: STARTING, UNREACHABLE, DEAD_CONNECTION, SILENT, THROTTLED,
   * FORBIDDEN, UNAUTHORIZED, LIMIT, SOURCE_ERROR, CONFIGURATION.
   */
  'reason': (string);
  /**
   * Time of the last byte or HTTP/2 PING acknowledgement from the source. Unset if there was none.
   */
  'contactTime': (_google_protobuf_Timestamp__Output | null);
}
