// Original file: proto/podkey/v1/credential_service.proto

import type { Credential as _podkey_v1_Credential, Credential__Output as _podkey_v1_Credential__Output } from '../../podkey/v1/Credential.ts';
import type { Removed as _podkey_v1_Removed, Removed__Output as _podkey_v1_Removed__Output } from '../../podkey/v1/Removed.ts';

/**
 * A change of the state, or one part of it.
 */
export interface Change {
  /**
   * Credentials that are new or have different content. A recreated credential is sent once, with its new uid.
   */
  'changed'?: (_podkey_v1_Credential)[];
  /**
   * Credentials that are no longer selected. A name is never in both lists.
   */
  'removed'?: (_podkey_v1_Removed)[];
  /**
   * True: more parts of the same change follow; apply them together with this part. Default false.
   */
  'more'?: (boolean);
}

/**
 * A change of the state, or one part of it.
 */
export interface Change__Output {
  /**
   * Credentials that are new or have different content. A recreated credential is sent once, with its new uid.
   */
  'changed': (_podkey_v1_Credential__Output)[];
  /**
   * Credentials that are no longer selected. A name is never in both lists.
   */
  'removed': (_podkey_v1_Removed__Output)[];
  /**
   * True: more parts of the same change follow; apply them together with this part. Default false.
   */
  'more': (boolean);
}
