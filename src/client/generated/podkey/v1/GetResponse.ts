// Original file: proto/podkey/v1/credential_service.proto

import type { Credential as _podkey_v1_Credential, Credential__Output as _podkey_v1_Credential__Output } from '../../podkey/v1/Credential.ts';
import type { Revision as _podkey_v1_Revision, Revision__Output as _podkey_v1_Revision__Output } from '../../podkey/v1/Revision.ts';
import type { Freshness as _podkey_v1_Freshness, Freshness__Output as _podkey_v1_Freshness__Output } from '../../podkey/v1/Freshness.ts';

/**
 * One credential.
 */
export interface GetResponse {
  /**
   * The credential. Always set.
   */
  'credential'?: (_podkey_v1_Credential | null);
  /**
   * The revision from which the answer was read.
   */
  'revision'?: (_podkey_v1_Revision | null);
  /**
   * Freshness of the answer.
   */
  'freshness'?: (_podkey_v1_Freshness | null);
}

/**
 * One credential.
 */
export interface GetResponse__Output {
  /**
   * The credential. Always set.
   */
  'credential': (_podkey_v1_Credential__Output | null);
  /**
   * The revision from which the answer was read.
   */
  'revision': (_podkey_v1_Revision__Output | null);
  /**
   * Freshness of the answer.
   */
  'freshness': (_podkey_v1_Freshness__Output | null);
}
