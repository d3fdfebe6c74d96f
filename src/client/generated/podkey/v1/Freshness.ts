// Original file: proto/podkey/v1/credential_service.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

// Original file: proto/podkey/v1/credential_service.proto

/**
 * Whether the answer is current.
 */
export const _podkey_v1_Freshness_State = {
  /**
   * Never sent.
   */
  STATE_UNSPECIFIED: 'STATE_UNSPECIFIED',
  /**
   * Synced, with a data proof in the last 90 s and (over HTTP/2) contact in the last 45 s.
   */
  STATE_FRESH: 'STATE_FRESH',
  /**
   * Anything else; `reason` gives the cause. The content is the last good content.
   */
  STATE_STALE: 'STATE_STALE',
} as const;

/**
 * Whether the answer is current.
 */
export type _podkey_v1_Freshness_State =
  /**
   * Never sent.
   */
  | 'STATE_UNSPECIFIED'
  | 0
  /**
   * Synced, with a data proof in the last 90 s and (over HTTP/2) contact in the last 45 s.
   */
  | 'STATE_FRESH'
  | 1
  /**
   * Anything else; `reason` gives the cause. The content is the last good content.
   */
  | 'STATE_STALE'
  | 2

/**
 * Whether the answer is current.
 */
export type _podkey_v1_Freshness_State__Output = typeof _podkey_v1_Freshness_State[keyof typeof _podkey_v1_Freshness_State]

/**
 * How certain podkey is that an answer equals the source.
 * 
 * A data proof is the end of a list, an event, a bookmark (one every 60 s), or a list of names and versions that equals
 * podkey's own. While everything works the age rises from 0 to 60 s and starts again. If an answer depends on several
 * upstream watches, the worst one counts. For folders a proof is the end of a full scan (after changes, and every 10 s).
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
   * Time from `as_of` to this answer, by the monotonic clock. Unset before the first sync.
   */
  'age'?: (_google_protobuf_Duration | null);
  /**
   * Why the answer is stale; empty if fresh. An open set: STARTING, UNREACHABLE, DEAD_CONNECTION, SILENT, THROTTLED,
   * FORBIDDEN, UNAUTHORIZED, LIMIT, SOURCE_ERROR, CONFIGURATION.
   */
  'reason'?: (string);
  /**
   * Time of the last byte or HTTP/2 PING acknowledgement from the source. Unset if there was none.
   */
  'contactTime'?: (_google_protobuf_Timestamp | null);
}

/**
 * How certain podkey is that an answer equals the source.
 * 
 * A data proof is the end of a list, an event, a bookmark (one every 60 s), or a list of names and versions that equals
 * podkey's own. While everything works the age rises from 0 to 60 s and starts again. If an answer depends on several
 * upstream watches, the worst one counts. For folders a proof is the end of a full scan (after changes, and every 10 s).
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
   * Time from `as_of` to this answer, by the monotonic clock. Unset before the first sync.
   */
  'age': (_google_protobuf_Duration__Output | null);
  /**
   * Why the answer is stale; empty if fresh. An open set: STARTING, UNREACHABLE, DEAD_CONNECTION, SILENT, THROTTLED,
   * FORBIDDEN, UNAUTHORIZED, LIMIT, SOURCE_ERROR, CONFIGURATION.
   */
  'reason': (string);
  /**
   * Time of the last byte or HTTP/2 PING acknowledgement from the source. Unset if there was none.
   */
  'contactTime': (_google_protobuf_Timestamp__Output | null);
}
