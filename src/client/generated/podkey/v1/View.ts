// Original file: proto/podkey/v1/credential_service.proto

/**
 * Which parts of a credential an answer contains.
 */
export const View = {
  /**
   * VIEW_FULL for Get and Watch, VIEW_METADATA for List.
   */
  VIEW_UNSPECIFIED: 'VIEW_UNSPECIFIED',
  /**
   * Everything except the values: `data` is empty; `keys` still has the name and size of each key.
   */
  VIEW_METADATA: 'VIEW_METADATA',
  /**
   * Everything.
   */
  VIEW_FULL: 'VIEW_FULL',
} as const;

/**
 * Which parts of a credential an answer contains.
 */
export type View =
  /**
   * VIEW_FULL for Get and Watch, VIEW_METADATA for List.
   */
  | 'VIEW_UNSPECIFIED'
  | 0
  /**
   * Everything except the values: `data` is empty; `keys` still has the name and size of each key.
   */
  | 'VIEW_METADATA'
  | 1
  /**
   * Everything.
   */
  | 'VIEW_FULL'
  | 2

/**
 * Which parts of a credential an answer contains.
 */
export type View__Output = typeof View[keyof typeof View]
