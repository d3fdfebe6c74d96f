// Original file: proto/podkey/v1/credential_service.proto


/**
 * A credential that is gone: deleted, no longer selected by the source, no longer allowed, or no longer matching this
 * request. It may name something that you never had. Stop handing the value to new users.
 */
export interface Removed {
  /**
   * Namespace.
   */
  'namespace'?: (string);
  /**
   * Name.
   */
  'name'?: (string);
  /**
   * UID of what is gone. Empty where the source has none.
   */
  'uid'?: (string);
}

/**
 * A credential that is gone: deleted, no longer selected by the source, no longer allowed, or no longer matching this
 * request. It may name something that you never had. Stop handing the value to new users.
 */
export interface Removed__Output {
  /**
   * Namespace.
   */
  'namespace': (string);
  /**
   * Name.
   */
  'name': (string);
  /**
   * UID of what is gone. Empty where the source has none.
   */
  'uid': (string);
}
