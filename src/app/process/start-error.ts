/**
 * Errors of the start, each with one sentence and an exit code. Any other error is a bug and passes unchanged.
 */
import type { ExitCode } from "../../exit-code.ts";
import { EXIT } from "../../exit-code.ts";
import { ListenError } from "../../rpc/listen/listen-error.ts";
import { SyncError } from "../../sync/port/sync-error.ts";

/** podkey cannot start for a reason that a user can fix. The message is one sentence with the remedy. */
export class StartError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode) {
    super(message);
    this.name = "StartError";
    this.exitCode = exitCode;
  }
}

/** Converts an error of opening the source. */
export function sourceStartError(error: unknown): unknown {
  if (error instanceof SyncError && error.kind === "configuration")
    return new StartError(error.message, EXIT.usage);
  // An instanceof would load the code of source/kubernetes, which throws it, for every source.
  if (error instanceof Error && error.name === "TargetError")
    return new StartError(error.message, EXIT.usage);
  return error;
}

/** Converts an error of opening a gRPC listener. */
export function rpcStartError(error: unknown): unknown {
  if (!(error instanceof ListenError)) return error;
  return new StartError(error.message, error.kind === "invalid" ? EXIT.usage : EXIT.listener);
}

/** Converts an error of listening on `address`, which `option` sets. */
export function listenError(error: unknown, address: string, option: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "EADDRINUSE":
      return new StartError(
        `${address} is in use by another process; stop it, or choose another address with ${option}`,
        EXIT.listener,
      );
    case "EACCES":
    case "EPERM":
      return new StartError(
        `this user is not allowed to listen on ${address}; choose another address with ${option}`,
        EXIT.listener,
      );
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
      return new StartError(
        `${address} is not an address of this machine; choose another one with ${option}`,
        EXIT.listener,
      );
    default:
      return error;
  }
}
