// Original file: proto/podkey/v1/credential_service.proto

import type { View as _podkey_v1_View, View__Output as _podkey_v1_View__Output } from '../../podkey/v1/View.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * Requests the selected credentials and their changes. A credential must match all filters.
 */
export interface WatchRequest {
  /**
   * Namespace. Empty: all that are served.
   */
  'namespace'?: (string);
  /**
   * Exact names, at most 1,000. Empty: all. A name that the policy can never allow is POLICY_DENIED; a name that does not
   * exist yet is sent when it is created.
   */
  'names'?: (string)[];
  /**
   * Kubernetes label selector, as in ListRequest. Empty: everything.
   */
  'labelSelector'?: (string);
  /**
   * Secret types, exact. Empty: all.
   */
  'types'?: (string)[];
  /**
   * Default: VIEW_FULL.
   */
  'view'?: (_podkey_v1_View);
  /**
   * The last non-empty token of an earlier stream with the same filters and view. Empty: start with a reset.
   */
  'resumeToken'?: (string);
  /**
   * True: if the token cannot be resumed, end with RESUME_NOT_POSSIBLE instead of sending a reset. Default false.
   */
  'requireResume'?: (boolean);
  /**
   * The longest time without a message. Unset: 30 s. Negative: BAD_DURATION. Otherwise clamped to 1 s .. 5 min.
   */
  'heartbeatInterval'?: (_google_protobuf_Duration | null);
}

/**
 * Requests the selected credentials and their changes. A credential must match all filters.
 */
export interface WatchRequest__Output {
  /**
   * Namespace. Empty: all that are served.
   */
  'namespace': (string);
  /**
   * Exact names, at most 1,000. Empty: all. A name that the policy can never allow is POLICY_DENIED; a name that does not
   * exist yet is sent when it is created.
   */
  'names': (string)[];
  /**
   * Kubernetes label selector, as in ListRequest. Empty: everything.
   */
  'labelSelector': (string);
  /**
   * Secret types, exact. Empty: all.
   */
  'types': (string)[];
  /**
   * Default: VIEW_FULL.
   */
  'view': (_podkey_v1_View__Output);
  /**
   * The last non-empty token of an earlier stream with the same filters and view. Empty: start with a reset.
   */
  'resumeToken': (string);
  /**
   * True: if the token cannot be resumed, end with RESUME_NOT_POSSIBLE instead of sending a reset. Default false.
   */
  'requireResume': (boolean);
  /**
   * The longest time without a message. Unset: 30 s. Negative: BAD_DURATION. Otherwise clamped to 1 s .. 5 min.
   */
  'heartbeatInterval': (_google_protobuf_Duration__Output | null);
}
