/** Why a listener cannot be opened; the command line turns it into an exit code. */

/** `unavailable`: in use or not permitted (exit 4). `invalid`: configured in a way that cannot work (exit 2). */
export type ListenErrorKind = "unavailable" | "invalid";

/** One sentence for the person who started podkey. */
export class ListenError extends Error {
  readonly kind: ListenErrorKind;

  constructor(kind: ListenErrorKind, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "ListenError";
    this.kind = kind;
  }
}
