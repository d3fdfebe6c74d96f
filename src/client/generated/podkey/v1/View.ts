// Original file: proto/podkey/v1/credential_service.proto

/**
 * How much of a credential is sent.
 */
export const View = {
  /**
   * Full for Get and Watch, metadata for List.
   */
  VIEW_UNSPECIFIED: 'VIEW_UNSPECIFIED',
  /**
   * Everything but the values: `data` is empty, `keys` still names each key and its size.
   */
  VIEW_METADATA: 'VIEW_METADATA',
  /**
   * Everything.
   */
  VIEW_FULL: 'VIEW_FULL',
} as const;

/**
 * How much of a credential is sent.
 */
export type View =
  /**
   * Full for Get and Watch, metadata for List.
   */
  | 'VIEW_UNSPECIFIED'
  | 0
  /**
   * Everything but the values: `data` is empty, `keys` still names each key and its size.
   */
  | 'VIEW_METADATA'
  | 1
  /**
   * Everything.
   */
  | 'VIEW_FULL'
  | 2

/**
 * How much of a credential is sent.
 */
export type View__Output = typeof View[keyof typeof View]
