/**
 * Kernel credentials of the process at the other end of a Unix socket. Node has no call for them, so a native library
 * is loaded the first time a consumer names a `peer`. The pid is left alone: it is 0 whenever the client lives in
 * another PID namespace, which is every other container.
 */
import type { Socket } from "node:net";
import type { PeerCredentials } from "./so-peercred.ts";

/** Reads the credentials of a connected Unix socket; undefined if the kernel does not report them. */
export type PeerReader = (socket: Socket) => PeerCredentials | undefined;

/** A reader, or undefined if it is not available (other platform, optional dependency not installed). */
export async function loadPeerReader(): Promise<PeerReader | undefined> {
  if (process.platform !== "linux") return undefined;
  try {
    const { readPeerCredentials } = await import("./so-peercred.ts");
    return readPeerCredentials;
  } catch {
    // Whatever is missing, the answer is the same: it cannot be read here, and a `peer` is refused at the start.
    return undefined;
  }
}
