// Original file: proto/podkey/v1/credential_service.proto


// Original file: proto/podkey/v1/credential_service.proto

/**
 * Why.
 */
export const _podkey_v1_Reset_Reason = {
  /**
   * Never sent.
   */
  REASON_UNSPECIFIED: 'REASON_UNSPECIFIED',
  /**
   * The stream starts without a token.
   */
  REASON_INITIAL: 'REASON_INITIAL',
  /**
   * The token is of another process or another consumer.
   */
  REASON_EPOCH_CHANGED: 'REASON_EPOCH_CHANGED',
  /**
   * The token is too old: removals since then are forgotten.
   */
  REASON_COMPACTED: 'REASON_COMPACTED',
  /**
   * Reserved.
   */
  REASON_FUTURE_REVISION: 'REASON_FUTURE_REVISION',
  /**
   * The token is of a Watch with other filters or another view.
   */
  REASON_REQUEST_CHANGED: 'REASON_REQUEST_CHANGED',
} as const;

/**
 * Why.
 */
export type _podkey_v1_Reset_Reason =
  /**
   * Never sent.
   */
  | 'REASON_UNSPECIFIED'
  | 0
  /**
   * The stream starts without a token.
   */
  | 'REASON_INITIAL'
  | 1
  /**
   * The token is of another process or another consumer.
   */
  | 'REASON_EPOCH_CHANGED'
  | 2
  /**
   * The token is too old: removals since then are forgotten.
   */
  | 'REASON_COMPACTED'
  | 3
  /**
   * Reserved.
   */
  | 'REASON_FUTURE_REVISION'
  | 4
  /**
   * The token is of a Watch with other filters or another view.
   */
  | 'REASON_REQUEST_CHANGED'
  | 5

/**
 * Why.
 */
export type _podkey_v1_Reset_Reason__Output = typeof _podkey_v1_Reset_Reason[keyof typeof _podkey_v1_Reset_Reason]

/**
 * The state is sent anew.
 */
export interface Reset {
  /**
   * Why.
   */
  'reason'?: (_podkey_v1_Reset_Reason);
}

/**
 * The state is sent anew.
 */
export interface Reset__Output {
  /**
   * Why.
   */
  'reason': (_podkey_v1_Reset_Reason__Output);
}
