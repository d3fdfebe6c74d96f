// Original file: proto/podkey/v1/credential_service.proto

import type { Credential as _podkey_v1_Credential, Credential__Output as _podkey_v1_Credential__Output } from '../../podkey/v1/Credential.ts';
import type { Revision as _podkey_v1_Revision, Revision__Output as _podkey_v1_Revision__Output } from '../../podkey/v1/Revision.ts';
import type { Freshness as _podkey_v1_Freshness, Freshness__Output as _podkey_v1_Freshness__Output } from '../../podkey/v1/Freshness.ts';

/**
 * A page of credentials.
 */
export interface ListResponse {
  /**
   * Sorted by namespace, then name. At most 1 MiB encoded, but at least one credential if any is left.
   */
  'credentials'?: (_podkey_v1_Credential)[];
  /**
   * Token of the next page. Empty: this is the last page.
   */
  'nextPageToken'?: (string);
  /**
   * The revision from which all pages of this listing are read.
   */
  'revision'?: (_podkey_v1_Revision | null);
  /**
   * Freshness when this page was made.
   */
  'freshness'?: (_podkey_v1_Freshness | null);
  /**
   * Number of credentials that match the filters at this revision, over all pages.
   */
  'totalSize'?: (number);
}

/**
 * A page of credentials.
 */
export interface ListResponse__Output {
  /**
   * Sorted by namespace, then name. At most 1 MiB encoded, but at least one credential if any is left.
   */
  'credentials': (_podkey_v1_Credential__Output)[];
  /**
   * Token of the next page. Empty: this is the last page.
   */
  'nextPageToken': (string);
  /**
   * The revision from which all pages of this listing are read.
   */
  'revision': (_podkey_v1_Revision__Output | null);
  /**
   * Freshness when this page was made.
   */
  'freshness': (_podkey_v1_Freshness__Output | null);
  /**
   * Number of credentials that match the filters at this revision, over all pages.
   */
  'totalSize': (number);
}
