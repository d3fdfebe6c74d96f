/** Why a manifest file cannot be used. Thrown while it is parsed; parse-file.ts turns it into a line and a reason. */

/** A fault of a text. `why` is in words and without text from the file, which may be a value. */
export class FaultAtOffset extends Error {
  readonly offset: number;
  readonly why: string;

  constructor(offset: number, why: string) {
    super(why);
    this.name = "FaultAtOffset";
    this.offset = offset;
    this.why = why;
  }
}
