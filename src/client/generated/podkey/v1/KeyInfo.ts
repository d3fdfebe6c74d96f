// Original file: proto/podkey/v1/credential_service.proto

import type { Long } from '@grpc/proto-loader';

/**
 * One key of a credential.
 */
export interface KeyInfo {
  /**
   * Name of the key in `data`.
   */
  'name'?: (string);
  /**
   * Size of the value, in bytes. 0 or more.
   */
  'sizeBytes'?: (number | string | Long);
}

/**
 * One key of a credential.
 */
export interface KeyInfo__Output {
  /**
   * Name of the key in `data`.
   */
  'name': (string);
  /**
   * Size of the value, in bytes. 0 or more.
   */
  'sizeBytes': (string);
}
