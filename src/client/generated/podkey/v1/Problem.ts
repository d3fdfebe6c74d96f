// Original file: proto/podkey/v1/credential_service.proto


/**
 * Something that is wrong with a credential. Depends only on the Secret's content, never on the clock. Included only if
 * the view has every key that the problem is about.
 */
export interface Problem {
  /**
   * UPPER_SNAKE, an open set: TOO_LARGE, BAD_BASE64, BROKEN_FILE, DUPLICATE_NAME and others.
   */
  'reason'?: (string);
  /**
   * The key that the problem is about. Empty: the whole credential.
   */
  'key'?: (string);
  /**
   * One sentence for people. Never contains a value.
   */
  'message'?: (string);
  /**
   * True: this is the last good content, not the source's current content. Default false.
   */
  'contentOutdated'?: (boolean);
}

/**
 * Something that is wrong with a credential. Depends only on the Secret's content, never on the clock. Included only if
 * the view has every key that the problem is about.
 */
export interface Problem__Output {
  /**
   * UPPER_SNAKE, an open set: TOO_LARGE, BAD_BASE64, BROKEN_FILE, DUPLICATE_NAME and others.
   */
  'reason': (string);
  /**
   * The key that the problem is about. Empty: the whole credential.
   */
  'key': (string);
  /**
   * One sentence for people. Never contains a value.
   */
  'message': (string);
  /**
   * True: this is the last good content, not the source's current content. Default false.
   */
  'contentOutdated': (boolean);
}
