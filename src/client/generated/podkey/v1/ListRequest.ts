// Original file: proto/podkey/v1/credential_service.proto

import type { View as _podkey_v1_View, View__Output as _podkey_v1_View__Output } from '../../podkey/v1/View.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * Requests a page of credentials. A credential must match all filters.
 */
export interface ListRequest {
  /**
   * Namespace. Empty: all that are served.
   */
  'namespace'?: (string);
  /**
   * Exact names, at most 1,000. Empty: all. A name that the policy can never allow is POLICY_DENIED; a name that does not
   * exist is left out.
   */
  'names'?: (string)[];
  /**
   * Kubernetes label selector, full syntax: `a=b,c!=d,e in (f,g),h,!i`. Empty: everything.
   */
  'labelSelector'?: (string);
  /**
   * Secret types, exact. Empty: all.
   */
  'types'?: (string)[];
  /**
   * Default: VIEW_METADATA.
   */
  'view'?: (_podkey_v1_View);
  /**
   * Maximum number of credentials in a page. 0: 100. Over 1,000: 1,000. Negative: BAD_PAGE_SIZE. A page may have fewer,
   * because it ends at 1 MiB; only an empty `next_page_token` marks the last page.
   */
  'pageSize'?: (number);
  /**
   * `next_page_token` of the page before, with the same filters and view; `page_size` and `max_age` may differ. Empty:
   * the first page. Valid for 60 s; after that PAGE_EXPIRED.
   */
  'pageToken'?: (string);
  /**
   * As in GetRequest. Applies to the first page; later pages are read from the same revision.
   */
  'maxAge'?: (_google_protobuf_Duration | null);
}

/**
 * Requests a page of credentials. A credential must match all filters.
 */
export interface ListRequest__Output {
  /**
   * Namespace. Empty: all that are served.
   */
  'namespace': (string);
  /**
   * Exact names, at most 1,000. Empty: all. A name that the policy can never allow is POLICY_DENIED; a name that does not
   * exist is left out.
   */
  'names': (string)[];
  /**
   * Kubernetes label selector, full syntax: `a=b,c!=d,e in (f,g),h,!i`. Empty: everything.
   */
  'labelSelector': (string);
  /**
   * Secret types, exact. Empty: all.
   */
  'types': (string)[];
  /**
   * Default: VIEW_METADATA.
   */
  'view': (_podkey_v1_View__Output);
  /**
   * Maximum number of credentials in a page. 0: 100. Over 1,000: 1,000. Negative: BAD_PAGE_SIZE. A page may have fewer,
   * because it ends at 1 MiB; only an empty `next_page_token` marks the last page.
   */
  'pageSize': (number);
  /**
   * `next_page_token` of the page before, with the same filters and view; `page_size` and `max_age` may differ. Empty:
   * the first page. Valid for 60 s; after that PAGE_EXPIRED.
   */
  'pageToken': (string);
  /**
   * As in GetRequest. Applies to the first page; later pages are read from the same revision.
   */
  'maxAge': (_google_protobuf_Duration__Output | null);
}
