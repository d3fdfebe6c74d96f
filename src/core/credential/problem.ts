/**
 * What is wrong with a credential, as a consumer may read it. A problem is a pure function of the Secret's
 * content (never of the clock) and is shown only to a view that holds every key it speaks of.
 */

/** One thing that is wrong with a credential; field for field the message `podkey.v1.Problem`. */
export interface Problem {
  /** UPPER_SNAKE, an open set: BAD_BASE64, UNDECODABLE, BROKEN_FILE, DUPLICATE_NAME, TOO_LARGE, … */
  readonly reason: string;
  /** The key it is about, or empty when it is about the whole credential. */
  readonly key: string;
  /** Every key that must be visible for the problem to be shown; empty: shown with any view of the credential. */
  readonly keys: readonly string[];
  /** One sentence for a person; never a value. */
  readonly message: string;
  /** True: what is served is the last good content, not what the source holds now. */
  readonly contentOutdated: boolean;
}
