/**
 * Parses the address of a podkey, as PODKEY_ENDPOINT and --endpoint give it. Reports a mistake immediately as one
 * sentence, so that it does not become a socket error later.
 */
import { isAbsolute, resolve } from "node:path";
import { SOCKET_PATH_LIMIT_BYTES } from "../socket-path.ts";

/** The socket of podkey in a pod. */
export const DEFAULT_ENDPOINT = "unix:///run/podkey/podkey.sock";

const HOST_AND_PORT = /^(?:tcp:)?(?:\/\/)?(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):(\d{1,5})$/;

/** A valid address. */
export interface Endpoint {
  /** The target for grpc-js: `unix:/path` or `host:port`. */
  readonly target: string;
  /** Path of a Unix socket; undefined for TCP. */
  readonly socketPath: string | undefined;
}

/** An invalid address; the message has the problem and examples of valid ones. */
export class BadEndpointError extends Error {
  /** @param problem completes "the endpoint ADDRESS ...". */
  constructor(address: string, problem: string) {
    super(
      `the endpoint ${JSON.stringify(address)} ${problem}; write unix:///run/podkey/podkey.sock, unix:./podkey.sock or 127.0.0.1:PORT`,
    );
    this.name = "BadEndpointError";
  }
}

/** Parses `unix:///path`, `unix:path`, a bare path, `host:port` or `tcp:host:port`. @throws BadEndpointError. */
export function parseEndpoint(address: string): Endpoint {
  if (address.startsWith("unix:"))
    return socket(address, address.slice("unix:".length).replace(/^\/\/(?=\/)/, ""));
  if (address.startsWith("/") || address.startsWith("./")) return socket(address, address);
  const [, host, port] = HOST_AND_PORT.exec(address) ?? [];
  if (host === undefined || port === undefined) throw new BadEndpointError(address, "is not a valid address");
  if (Number(port) === 0 || Number(port) > 65_535) throw new BadEndpointError(address, "has an invalid port");
  return { target: `${host}:${port}`, socketPath: undefined };
}

function socket(address: string, path: string): Endpoint {
  if (path === "" || path.startsWith("//")) throw new BadEndpointError(address, "has no valid path");
  const absolute = isAbsolute(path) ? path : resolve(path);
  const sizeBytes = Buffer.byteLength(absolute);
  if (sizeBytes > SOCKET_PATH_LIMIT_BYTES)
    throw new BadEndpointError(
      address,
      `has a path of ${sizeBytes} bytes, but the limit of a Unix socket is ${SOCKET_PATH_LIMIT_BYTES}`,
    );
  return { target: `unix:${absolute}`, socketPath: absolute };
}
