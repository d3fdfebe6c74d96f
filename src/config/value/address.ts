/**
 * Addresses of listeners: `unix:PATH`, `tcp:127.0.0.1:PORT`, `tcp:[::1]:PORT` for gRPC, `HOST:PORT`, `:PORT` or `none`
 * for admin HTTP. gRPC over TCP listens on loopback only: on all interfaces, every pod of the cluster could connect.
 */
import { SOCKET_PATH_LIMIT_BYTES } from "../../socket-path.ts";
import type { Codec, Parsed } from "./codec.ts";
import { accepted, refused } from "./codec.ts";

/** Where gRPC listens. */
export type ListenAddress =
  | { readonly kind: "unix"; readonly path: string }
  /** `host` without brackets; port 0 lets the kernel choose. */
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

/** Where admin HTTP listens; `host` undefined: all interfaces, as kubelet and Prometheus need. */
export interface AdminAddress {
  readonly host: string | undefined;
  readonly port: number;
}

/** One gRPC listener. */
export const listenCodec: Codec<ListenAddress> = {
  placeholder: "ADDR",
  list: false,
  parse: (text) => {
    if (text.startsWith("unix:")) return parseUnix(text.slice("unix:".length));
    if (text.startsWith("tcp:")) return parseTcp(text, text.slice("tcp:".length));
    return refused(`"${text}" is not a valid address; write unix:PATH, tcp:127.0.0.1:PORT or tcp:[::1]:PORT`);
  },
  format: formatListen,
  jsonSchema: { type: "string", pattern: "^(unix:.+|tcp:.+:[0-9]+)$" },
};

function parseUnix(rest: string): Parsed<ListenAddress> {
  const path = rest.startsWith("///") ? rest.slice(2) : rest;
  if (path === "" || path.endsWith("/")) return refused("has no socket file; write unix:PATH");
  if (path.includes("\0") || path.startsWith("@")) {
    return refused(
      "abstract sockets are not supported, because they have no file permissions; write unix:PATH",
    );
  }
  const sizeBytes = new TextEncoder().encode(path).byteLength;
  if (sizeBytes > SOCKET_PATH_LIMIT_BYTES) {
    return refused(
      `the socket path is ${String(sizeBytes)} bytes long, and the kernel allows ${String(SOCKET_PATH_LIMIT_BYTES)}; ` +
        "use a shorter path, or a relative one",
    );
  }
  return accepted({ kind: "unix", path });
}

function parseTcp(text: string, rest: string): Parsed<ListenAddress> {
  const parsed = splitHostPort(rest);
  if (parsed === undefined)
    return refused(`"${text}" is not a valid address; write tcp:127.0.0.1:PORT or tcp:[::1]:PORT`);
  if (parsed.host === undefined || !isLoopbackHost(parsed.host)) {
    return refused(
      `"${text}" is not a loopback address; use 127.0.0.1 or [::1], so that no other pod can connect`,
    );
  }
  return accepted({ kind: "tcp", host: parsed.host, port: parsed.port });
}

/** Whether the host, without brackets, is an address of 127.0.0.0/8 or ::1. */
export function isLoopbackHost(host: string): boolean {
  return host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Parses `:PORT`, `HOST:PORT` or `[IPv6]:PORT`. */
function splitHostPort(text: string): AdminAddress | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return undefined;
  const host = match[1] ?? match[2];
  return { host: host === "" ? undefined : host, port };
}

/** Whether both are the same address. */
export function sameAddress(a: ListenAddress, b: ListenAddress): boolean {
  return formatListen(a) === formatListen(b);
}

/** Whether a Host header or `:authority` is localhost or a loopback address, with any port. */
export function isLoopbackAuthority(authority: string): boolean {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::\d{1,5})?$/.exec(authority);
  const host = match?.[1] ?? match?.[2] ?? "";
  return host.toLowerCase() === "localhost" || isLoopbackHost(host);
}

/** A listener as text. */
export function formatListen(address: ListenAddress): string {
  if (address.kind === "unix") return `unix:${address.path}`;
  return `tcp:${bracketed(address.host)}:${String(address.port)}`;
}

/** Admin HTTP, or `none`. */
export const adminCodec: Codec<AdminAddress | "none"> = {
  placeholder: "ADDR",
  list: false,
  parse: (text) => {
    if (text === "none") return accepted("none");
    const address = splitHostPort(text);
    if (address !== undefined) return accepted(address);
    return refused(`"${text}" is not a valid address; write HOST:PORT, :PORT for all interfaces, or none`);
  },
  format: (value) => (value === "none" ? "none" : formatAdmin(value)),
  jsonSchema: { type: "string" },
};

/** The admin address as text. */
export function formatAdmin(address: AdminAddress): string {
  return `${address.host === undefined ? "" : bracketed(address.host)}:${String(address.port)}`;
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
