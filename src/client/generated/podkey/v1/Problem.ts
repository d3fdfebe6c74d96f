// Original file: proto/podkey/v1/credential_service.proto


/**
 * Something that is wrong with a credential. Depends on the Secret's content only, never on the clock, and is shown
 * only to a view that holds every key it speaks of.
 */
export interface Problem {
  /**
   * UPPER_SNAKE, an open set: TOO_LARGE, BAD_BASE64, BROKEN_FILE, DUPLICATE_NAME and others.
   */
  'reason'?: (string);
  /**
   * The key it is about. Empty: the whole credential.
   */
  'key'?: (string);
  /**
   * One sentence for a person; never a value.
   */
  'message'?: (string);
  /**
   * True: what you see is the last good content, not what the source holds now. Default false.
   */
  'contentOutdated'?: (boolean);
}

/**
 * Something that is wrong with a credential. Depends on the Secret's content only, never on the clock, and is shown
 * only to a view that holds every key it speaks of.
 */
export interface Problem__Output {
  /**
   * UPPER_SNAKE, an open set: TOO_LARGE, BAD_BASE64, BROKEN_FILE, DUPLICATE_NAME and others.
   */
  'reason': (string);
  /**
   * The key it is about. Empty: the whole credential.
   */
  'key': (string);
  /**
   * One sentence for a person; never a value.
   */
  'message': (string);
  /**
   * True: what you see is the last good content, not what the source holds now. Default false.
   */
  'contentOutdated': (boolean);
}
