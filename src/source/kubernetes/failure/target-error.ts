/** No usable API server is configured. The command prints the message, which never contains a token, and exits with 2. */
export class TargetError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TargetError";
  }
}
