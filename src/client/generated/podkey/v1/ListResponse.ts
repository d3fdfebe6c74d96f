// Original file: proto/podkey/v1/credential_service.proto

import type { Credential as _podkey_v1_Credential, Credential__Output as _podkey_v1_Credential__Output } from '../../podkey/v1/Credential.ts';
import type { Revision as _podkey_v1_Revision, Revision__Output as _podkey_v1_Revision__Output } from '../../podkey/v1/Revision.ts';
import type { Freshness as _podkey_v1_Freshness, Freshness__Output as _podkey_v1_Freshness__Output } from '../../podkey/v1/Freshness.ts';

/**
 * A page of credentials.
 */
export interface ListResponse {
  /**
   * Sorted by namespace, then name. At most 1 MiB encoded, but at least one unless nothing is left.
   */
  'credentials'?: (_podkey_v1_Credential)[];
  /**
   * Token of the next page. Empty: this is the last one.
   */
  'nextPageToken'?: (string);
  /**
   * The revision that all pages of this listing are read at.
   */
  'revision'?: (_podkey_v1_Revision | null);
  /**
   * Freshness when this page was made.
   */
  'freshness'?: (_podkey_v1_Freshness | null);
  /**
   * How many credentials match the filters at this revision, over all pages.
   */
  'totalSize'?: (number);
}

/**
 * A page of credentials.
 */
export interface ListResponse__Output {
  /**
   * Sorted by namespace, then name. At most 1 MiB encoded, but at least one unless nothing is left.
   */
  'credentials': (_podkey_v1_Credential__Output)[];
  /**
   * Token of the next page. Empty: this is the last one.
   */
  'nextPageToken': (string);
  /**
   * The revision that all pages of this listing are read at.
   */
  'revision': (_podkey_v1_Revision__Output | null);
  /**
   * Freshness when this page was made.
   */
  'freshness': (_podkey_v1_Freshness__Output | null);
  /**
   * How many credentials match the filters at this revision, over all pages.
   */
  'totalSize': (number);
}
