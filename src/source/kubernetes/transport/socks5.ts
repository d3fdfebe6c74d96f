/** Asks a SOCKS5 proxy for a connection (RFC 1928, RFC 1929). Called by tunnel.ts. The proxy resolves the name. */
import { once } from "node:events";
import type { Socket } from "node:net";
import { isIPv4, isIPv6 } from "node:net";
import { SyncError } from "../../../sync/port/sync-error.ts";
import { bareHost } from "../target/proxy-rules.ts";

const VERSION = 5;
const NO_AUTHENTICATION = 0;
const PASSWORD = 2;
const CONNECT = 1;
/** Bytes of an address by its type; a name (3) has its length in front. */
const ADDRESS_BYTES: Readonly<Record<number, number>> = { 1: 4, 4: 16 };
/** RFC 1928, section 6. */
const REPLIES: readonly string[] = [
  "succeeded",
  "general failure",
  "connection not allowed by its rules",
  "network unreachable",
  "host unreachable",
  "connection refused",
  "TTL expired",
  "command not supported",
  "address type not supported",
];

/** Negotiates on a connected socket. Rejects with a SyncError if the proxy refuses. */
export async function requestSocks5(
  socket: Socket,
  proxy: URL,
  to: { readonly host: string; readonly port: number },
): Promise<void> {
  const fail = (why: string, kind: "configuration" | "unreachable" = "configuration"): SyncError =>
    new SyncError(kind, `The SOCKS5 proxy ${proxy.host} ${why}; check \`proxy-url\` and the proxy.`);
  const read = async (bytes: number): Promise<Buffer> => {
    for (;;) {
      const chunk: unknown = socket.read(bytes);
      if (Buffer.isBuffer(chunk) && chunk.length === bytes) return chunk;
      if (socket.readableEnded || socket.destroyed) throw fail("closed the connection");
      await once(socket, "readable");
    }
  };
  const methods = proxy.username === "" ? [NO_AUTHENTICATION] : [NO_AUTHENTICATION, PASSWORD];
  socket.write(Buffer.from([VERSION, methods.length, ...methods]));
  const [version, method] = await read(2);
  if (version !== VERSION) throw fail("does not use SOCKS5");
  if (method === PASSWORD) {
    const [user, password] = [proxy.username, proxy.password].map((text) =>
      withLength(decodeURIComponent(text)),
    );
    socket.write(Buffer.concat([Buffer.from([1]), user ?? EMPTY, password ?? EMPTY]));
    const [, status] = await read(2);
    if (status !== 0) throw fail("refused user and password");
  } else if (method !== NO_AUTHENTICATION) throw fail("requires user and password in its URL");
  const port = Buffer.alloc(2);
  port.writeUInt16BE(to.port);
  socket.write(Buffer.concat([Buffer.from([VERSION, CONNECT, 0]), addressOf(to.host), port]));
  const [, reply = 1, , type = 0] = await read(4);
  if (reply !== 0) {
    const why = REPLIES[reply] ?? `code ${String(reply)}`;
    throw fail(`did not connect to ${to.host}:${String(to.port)} (${why})`, "unreachable");
  }
  const length = ADDRESS_BYTES[type] ?? (await read(1))[0] ?? 0;
  await read(length + 2);
}

const EMPTY = Buffer.from([0]);

function withLength(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
}

function addressOf(hostname: string): Buffer {
  const host = bareHost(hostname);
  if (isIPv4(host)) return Buffer.from([1, ...host.split(".").map(Number)]);
  if (isIPv6(host)) return Buffer.concat([Buffer.from([4]), ipv6Bytes(host)]);
  return Buffer.concat([Buffer.from([3]), withLength(host)]);
}

function ipv6Bytes(address: string): Buffer {
  // A URL has no dotted quad in an IPv6 address: it is written in hexadecimal.
  const [head = "", tail = ""] = address.split("::");
  const groups = (part: string): readonly number[] =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const [front, back] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - front.length - back.length }, () => 0);
  return Buffer.from([...front, ...zeros, ...back].flatMap((group) => [group >> 8, group & 0xff]));
}
