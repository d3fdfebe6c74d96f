/** The one error of start-up that belongs to this source: podkey does not know which API server to use, or how. */

/** A usage or configuration error: the command ends with exit code 2 and prints the message as it is. */
export class TargetError extends Error {
  /** @param message one sentence: what was tried, what to do; never a token. */
  constructor(message: string) {
    super(message);
    this.name = "TargetError";
  }
}
