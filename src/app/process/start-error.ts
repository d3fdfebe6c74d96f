/**
 * What can go wrong while podkey starts, as the one sentence and the exit code of the contract. Everything else that is
 * thrown there is a bug and goes on unchanged.
 */
import type { ExitCode } from "../../exit-code.ts";
import { EXIT } from "../../exit-code.ts";
import { ListenError } from "../../rpc/listen/listen-error.ts";
import { SyncError } from "../../sync/port/sync-error.ts";

/** podkey cannot start, for a reason that a person can mend; the message is one sentence with the remedy. */
export class StartError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode) {
    super(message);
    this.name = "StartError";
    this.exitCode = exitCode;
  }
}

/** The error to end with when the source cannot be opened. */
export function sourceStartError(error: unknown): unknown {
  if (error instanceof SyncError && error.kind === "configuration")
    return new StartError(error.message, EXIT.usage);
  // Only source/kubernetes throws it, and loading that for an instanceof would cost every other source its code.
  if (error instanceof Error && error.name === "TargetError")
    return new StartError(error.message, EXIT.usage);
  return error;
}

/** The error to end with when a gRPC listener cannot be had. */
export function rpcStartError(error: unknown): unknown {
  if (!(error instanceof ListenError)) return error;
  return new StartError(error.message, error.kind === "invalid" ? EXIT.usage : EXIT.listener);
}

/** The error to end with when an address cannot be had; `address` as the user wrote it. */
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
        `${address} may not be listened on by this user; choose another address with ${option}`,
        EXIT.listener,
      );
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
      return new StartError(
        `${address} is no address of this machine; choose another one with ${option}`,
        EXIT.listener,
      );
    default:
      return error;
  }
}
