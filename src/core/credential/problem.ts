/**
 * What is wrong with a credential, as a consumer may read it. A problem is a pure function of the Secret's content (never of the
 * clock). Only a view with every key that the problem is about includes it.
 */

/** One problem; field by field the message `podkey.v1.Problem`. */
export interface Problem {
  /** UPPER_SNAKE, an open set: BAD_BASE64, UNDECODABLE, BROKEN_FILE, DUPLICATE_NAME, TOO_LARGE, … */
  readonly reason: string;
  /** The key that it is about; empty: the whole credential. */
  readonly key: string;
  /** The keys that a view must have to include the problem; empty: every view of the credential includes it. */
  readonly keys: readonly string[];
  /** One sentence for people; never a value. */
  readonly message: string;
  /** True: podkey serves the last good content, not the source's current content. */
  readonly contentOutdated: boolean;
}
