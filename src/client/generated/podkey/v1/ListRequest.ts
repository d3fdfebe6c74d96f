// Original file: proto/podkey/v1/credential_service.proto

import type { View as _podkey_v1_View, View__Output as _podkey_v1_View__Output } from '../../podkey/v1/View.ts';
import type { Duration as _google_protobuf_Duration, Duration__Output as _google_protobuf_Duration__Output } from '../../google/protobuf/Duration.ts';

/**
 * Asks for a page of credentials. All filters must hold.
 */
export interface ListRequest {
  /**
   * Namespace. Empty: all served ones.
   */
  'namespace'?: (string);
  /**
   * Exact names, at most 1,000. Empty: all. A name that the policy can never allow is POLICY_DENIED; one that is not
   * there is left out.
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
   * The most credentials in a page. 0: 100. Over 1,000: 1,000. Negative: BAD_PAGE_SIZE. A page may hold fewer, because
   * it ends at 1 MiB; only an empty `next_page_token` is the end.
   */
  'pageSize'?: (number);
  /**
   * `next_page_token` of the page before, with the same filters and view; `page_size` and `max_age` may differ. Empty:
   * the first page. Good for 60 s; after that PAGE_EXPIRED.
   */
  'pageToken'?: (string);
  /**
   * As in GetRequest; holds for the first page, later ones come from the same revision.
   */
  'maxAge'?: (_google_protobuf_Duration | null);
}

/**
 * Asks for a page of credentials. All filters must hold.
 */
export interface ListRequest__Output {
  /**
   * Namespace. Empty: all served ones.
   */
  'namespace': (string);
  /**
   * Exact names, at most 1,000. Empty: all. A name that the policy can never allow is POLICY_DENIED; one that is not
   * there is left out.
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
   * The most credentials in a page. 0: 100. Over 1,000: 1,000. Negative: BAD_PAGE_SIZE. A page may hold fewer, because
   * it ends at 1 MiB; only an empty `next_page_token` is the end.
   */
  'pageSize': (number);
  /**
   * `next_page_token` of the page before, with the same filters and view; `page_size` and `max_age` may differ. Empty:
   * the first page. Good for 60 s; after that PAGE_EXPIRED.
   */
  'pageToken': (string);
  /**
   * As in GetRequest; holds for the first page, later ones come from the same revision.
   */
  'maxAge': (_google_protobuf_Duration__Output | null);
}
