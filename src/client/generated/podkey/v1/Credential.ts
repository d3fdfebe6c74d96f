// Original file: proto/podkey/v1/credential_service.proto

import type { KeyInfo as _podkey_v1_KeyInfo, KeyInfo__Output as _podkey_v1_KeyInfo__Output } from '../../podkey/v1/KeyInfo.ts';
import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../google/protobuf/Timestamp.ts';
import type { Problem as _podkey_v1_Problem, Problem__Output as _podkey_v1_Problem__Output } from '../../podkey/v1/Problem.ts';
import type { Long } from '@grpc/proto-loader';

/**
 * One Secret as podkey serves it.
 * 
 * Its content is uid, type, data, labels, annotations, immutable and problems, restricted to what this consumer may
 * read. Only a change of content makes a new revision and an event; a new version at the source with equal content makes
 * neither. With VIEW_METADATA a changed value is a change too, and `revision` shows it. There is no digest of the values,
 * because a digest allows guessing values offline.
 */
export interface Credential {
  /**
   * Namespace of the Secret.
   */
  'namespace'?: (string);
  /**
   * Name of the Secret, unique in its namespace.
   */
  'name'?: (string);
  /**
   * Kubernetes Secret type, for example `Opaque` or `kubernetes.io/tls`. Never empty.
   */
  'type'?: (string);
  /**
   * Values by key: raw bytes, never base64. Empty with VIEW_METADATA, and if the credential has the problem TOO_LARGE
   * (over 3 MiB encoded; a Get of single `keys` may still work).
   */
  'data'?: ({[key: string]: Buffer | Uint8Array | string});
  /**
   * Every key that the caller may read and asked for, with its size, sorted by name. Set in every view.
   */
  'keys'?: (_podkey_v1_KeyInfo)[];
  /**
   * Labels of the Secret.
   */
  'labels'?: ({[key: string]: string});
  /**
   * Annotations of the Secret that are on the allow-list: `podkey.dev/*` and what `--annotation` adds.
   */
  'annotations'?: ({[key: string]: string});
  /**
   * UID of the Secret. A new UID means that the Secret was deleted and recreated. Empty if the source has no UIDs.
   */
  'uid'?: (string);
  /**
   * The source's version that first had this view's content. Opaque: compare for equality only.
   */
  'resourceVersion'?: (string);
  /**
   * Revision number of the view at which this content was first served. 1 or more.
   */
  'revision'?: (number | string | Long);
  /**
   * Creation time of the Secret at the source. Unset if the source has no such time.
   */
  'createTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Time at which this view first had this content, by podkey's wall clock.
   */
  'observeTime'?: (_google_protobuf_Timestamp | null);
  /**
   * The earliest of: notAfter in `tls.crt`, `exp` of a service-account token, annotation `podkey.dev/expires-at`.
   * Unset if there is none, or if the view does not include the key that it was read from.
   */
  'expireTime'?: (_google_protobuf_Timestamp | null);
  /**
   * Whether the Secret is marked immutable. Default false.
   */
  'immutable'?: (boolean);
  /**
   * End of the time in which the previous data can be read with GENERATION_PREVIOUS. Unset if there is no previous data.
   */
  'previousUntil'?: (_google_protobuf_Timestamp | null);
  /**
   * What is wrong with the credential. Empty if nothing is wrong.
   */
  'problems'?: (_podkey_v1_Problem)[];
}

/**
 * One Secret as podkey serves it.
 * 
 * Its content is uid, type, data, labels, annotations, immutable and problems, restricted to what this consumer may
 * read. Only a change of content makes a new revision and an event; a new version at the source with equal content makes
 * neither. With VIEW_METADATA a changed value is a change too, and `revision` shows it. There is no digest of the values,
 * because a digest allows guessing values offline.
 */
export interface Credential__Output {
  /**
   * Namespace of the Secret.
   */
  'namespace': (string);
  /**
   * Name of the Secret, unique in its namespace.
   */
  'name': (string);
  /**
   * Kubernetes Secret type, for example `Opaque` or `kubernetes.io/tls`. Never empty.
   */
  'type': (string);
  /**
   * Values by key: raw bytes, never base64. Empty with VIEW_METADATA, and if the credential has the problem TOO_LARGE
   * (over 3 MiB encoded; a Get of single `keys` may still work).
   */
  'data': ({[key: string]: Buffer});
  /**
   * Every key that the caller may read and asked for, with its size, sorted by name. Set in every view.
   */
  'keys': (_podkey_v1_KeyInfo__Output)[];
  /**
   * Labels of the Secret.
   */
  'labels': ({[key: string]: string});
  /**
   * Annotations of the Secret that are on the allow-list: `podkey.dev/*` and what `--annotation` adds.
   */
  'annotations': ({[key: string]: string});
  /**
   * UID of the Secret. A new UID means that the Secret was deleted and recreated. Empty if the source has no UIDs.
   */
  'uid': (string);
  /**
   * The source's version that first had this view's content. Opaque: compare for equality only.
   */
  'resourceVersion': (string);
  /**
   * Revision number of the view at which this content was first served. 1 or more.
   */
  'revision': (string);
  /**
   * Creation time of the Secret at the source. Unset if the source has no such time.
   */
  'createTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Time at which this view first had this content, by podkey's wall clock.
   */
  'observeTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * The earliest of: notAfter in `tls.crt`, `exp` of a service-account token, annotation `podkey.dev/expires-at`.
   * Unset if there is none, or if the view does not include the key that it was read from.
   */
  'expireTime': (_google_protobuf_Timestamp__Output | null);
  /**
   * Whether the Secret is marked immutable. Default false.
   */
  'immutable': (boolean);
  /**
   * End of the time in which the previous data can be read with GENERATION_PREVIOUS. Unset if there is no previous data.
   */
  'previousUntil': (_google_protobuf_Timestamp__Output | null);
  /**
   * What is wrong with the credential. Empty if nothing is wrong.
   */
  'problems': (_podkey_v1_Problem__Output)[];
}
