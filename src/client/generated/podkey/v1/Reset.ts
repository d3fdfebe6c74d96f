// Original file: proto/podkey/v1/credential_service.proto


// Original file: proto/podkey/v1/credential_service.proto

/**
 * Why the full state is sent.
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
   * The token belongs to another process or another consumer.
   */
  REASON_EPOCH_CHANGED: 'REASON_EPOCH_CHANGED',
  /**
   * The token is too old: podkey no longer knows all removals since then.
   */
  REASON_COMPACTED: 'REASON_COMPACTED',
  /**
   * Reserved.
   */
  REASON_FUTURE_REVISION: 'REASON_FUTURE_REVISION',
  /**
   * The token belongs to a Watch with other filters or another view.
   */
  REASON_REQUEST_CHANGED: 'REASON_REQUEST_CHANGED',
  /**
   * The policy of this consumer changed while a reset, a resume or a change in parts was being sent.
   */
  REASON_POLICY_CHANGED: 'REASON_POLICY_CHANGED',
} as const;

/**
 * Why the full state is sent.
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
   * The token belongs to another process or another consumer.
   */
  | 'REASON_EPOCH_CHANGED'
  | 2
  /**
   * The token is too old: podkey no longer knows all removals since then.
   */
  | 'REASON_COMPACTED'
  | 3
  /**
   * Reserved.
   */
  | 'REASON_FUTURE_REVISION'
  | 4
  /**
   * The token belongs to a Watch with other filters or another view.
   */
  | 'REASON_REQUEST_CHANGED'
  | 5
  /**
   * The policy of this consumer changed while a reset, a resume or a change in parts was being sent.
   */
  | 'REASON_POLICY_CHANGED'
  | 6

/**
 * Why the full state is sent.
 */
export type _podkey_v1_Reset_Reason__Output = typeof _podkey_v1_Reset_Reason[keyof typeof _podkey_v1_Reset_Reason]

/**
 * The start of a full state.
 */
export interface Reset {
  /**
   * Why the full state is sent.
   */
  'reason'?: (_podkey_v1_Reset_Reason);
}

/**
 * The start of a full state.
 */
export interface Reset__Output {
  /**
   * Why the full state is sent.
   */
  'reason': (_podkey_v1_Reset_Reason__Output);
}
