// Original file: proto/podkey/v1/credential_service.proto

import type { Long } from '@grpc/proto-loader';

/**
 * One state of a consumer's view.
 */
export interface Revision {
  /**
   * Random for each process and consumer. Numbers of different epochs cannot be compared.
   */
  'epoch'?: (string);
  /**
   * 1 at the first sync, increased by 1 with each change of this view's content. 0 before the first sync.
   */
  'number'?: (number | string | Long);
}

/**
 * One state of a consumer's view.
 */
export interface Revision__Output {
  /**
   * Random for each process and consumer. Numbers of different epochs cannot be compared.
   */
  'epoch': (string);
  /**
   * 1 at the first sync, increased by 1 with each change of this view's content. 0 before the first sync.
   */
  'number': (string);
}
