/**
 * getsockopt(SO_PEERCRED) through koffi. Imported by peer-credentials.ts, lazily and only where a consumer names a
 * `peer`: koffi is an optional native dependency, and loading it costs 11 to 23 ms.
 */
import type { Socket } from "node:net";
import koffi from "koffi";

/** Who connected, by the kernel, at the time of connect(). */
export interface PeerCredentials {
  readonly uid: number;
  readonly gid: number;
}

const SOL_SOCKET = 1;
const SO_PEERCRED = 17;
/** struct ucred: pid, uid, gid, 32 bits each. */
const UCRED_BYTES = 12;

/** getsockopt(2): 0 is success. */
type GetSockOpt = (fd: number, level: number, name: number, value: Uint8Array, size: [number]) => unknown;

const getsockopt: GetSockOpt = koffi
  .load(null)
  .func("int getsockopt(int fd, int level, int name, _Out_ uint8_t *value, _Inout_ uint32_t *size)");

/** The credentials of a connected Unix socket; undefined if the kernel does not tell. */
export function readPeerCredentials(socket: Socket): PeerCredentials | undefined {
  const fd = descriptorOf(socket);
  if (fd === undefined) return undefined;
  const value = new Uint8Array(UCRED_BYTES);
  const size: [number] = [UCRED_BYTES];
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, value, size) !== 0 || size[0] !== UCRED_BYTES) return undefined;
  const [, uid, gid] = new Uint32Array(value.buffer);
  return uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** The descriptor is not public in Node, but has stood there from 20 to 26; where it does not, nobody is admitted. */
function descriptorOf(socket: Socket): number | undefined {
  if (!("_handle" in socket)) return undefined;
  const handle = socket._handle;
  if (typeof handle !== "object" || handle === null || !("fd" in handle)) return undefined;
  return typeof handle.fd === "number" && handle.fd >= 0 ? handle.fd : undefined;
}
