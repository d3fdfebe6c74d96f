/**
 * Reads the address of a podkey as PODKEY_ENDPOINT and --endpoint give it. Used by whoever opens a client. Keeps true
 * that what can be known to be wrong is said here, in one sentence, and not by a socket much later.
 */
import { isAbsolute, resolve } from "node:path";
import { SOCKET_PATH_LIMIT_BYTES } from "../socket-path.ts";

/** Where apps of a pod find their podkey. */
export const DEFAULT_ENDPOINT = "unix:///run/podkey/podkey.sock";

const HOST_AND_PORT = /^(?:tcp:)?(?:\/\/)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):(\d{1,5})$/;

/** An address that grpc-js can dial. */
export interface Endpoint {
  /** What grpc-js takes: `unix:/path` or `host:port`. */
  readonly target: string;
  /** Path of the socket, where it is one. */
  readonly socketPath: string | undefined;
}

/** An address that cannot be one; the message says what is wrong and how it should look. */
export class BadEndpointError extends Error {
  /** @param problem completes "the endpoint ADDRESS ...". */
  constructor(address: string, problem: string) {
    super(
      `the endpoint ${JSON.stringify(address)} ${problem}; write unix:///run/podkey/podkey.sock, unix:./podkey.sock or 127.0.0.1:PORT`,
    );
    this.name = "BadEndpointError";
  }
}

/** Reads `unix:///path`, `unix:path`, a bare path, `host:port` or `tcp:host:port`. @throws BadEndpointError. */
export function parseEndpoint(address: string): Endpoint {
  if (address.startsWith("unix:"))
    return socket(address, address.slice("unix:".length).replace(/^\/\/(?=\/)/, ""));
  if (address.startsWith("/") || address.startsWith("./")) return socket(address, address);
  const [, host, port] = HOST_AND_PORT.exec(address) ?? [];
  if (host === undefined || port === undefined) throw new BadEndpointError(address, "is no address");
  if (Number(port) === 0 || Number(port) > 65_535) throw new BadEndpointError(address, "has no such port");
  return { target: `${host}:${port}`, socketPath: undefined };
}

function socket(address: string, path: string): Endpoint {
  if (path === "" || path.startsWith("//")) throw new BadEndpointError(address, "names no path");
  const absolute = isAbsolute(path) ? path : resolve(path);
  const sizeBytes = Buffer.byteLength(absolute);
  if (sizeBytes > SOCKET_PATH_LIMIT_BYTES)
    throw new BadEndpointError(
      address,
      `has a path of ${sizeBytes} bytes, and a Unix socket takes ${SOCKET_PATH_LIMIT_BYTES}`,
    );
  return { target: `unix:${absolute}`, socketPath: absolute };
}
