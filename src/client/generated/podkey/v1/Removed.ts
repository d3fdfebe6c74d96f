// Original file: proto/podkey/v1/credential_service.proto


/**
 * A credential that was removed: deleted, no longer selected by the source, no longer allowed, or no longer matching this
 * request. It may name a credential that you never received. Stop handing the value to new users.
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
   * UID of the removed credential. Empty if the source has no UIDs.
   */
  'uid'?: (string);
}

/**
 * A credential that was removed: deleted, no longer selected by the source, no longer allowed, or no longer matching this
 * request. It may name a credential that you never received. Stop handing the value to new users.
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
   * UID of the removed credential. Empty if the source has no UIDs.
   */
  'uid': (string);
}
