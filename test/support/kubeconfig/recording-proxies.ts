/** An HTTP proxy and a SOCKS5 proxy that record to where they connected, and as which user. */
import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { Server, Socket } from "node:net";
import { connect, createServer } from "node:net";
import type { RecordedRequest, RecordingServer } from "./recording-server.ts";

/** Serves CONNECT. */
export async function startHttpProxy(name: string): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  const server = createHttpServer();
  server.on("connect", (request, socket: Socket) => {
    const target = request.url ?? "";
    const authorization = request.headers["proxy-authorization"];
    requests.push({
      server: name,
      path: `CONNECT ${target}`,
      ...(authorization !== undefined && { authorization }),
    });
    const [host = "", port = "0"] = target.split(":");
    const upstream = connect(Number(port), host, () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
    join(socket, upstream);
  });
  return listen(server, requests);
}

/** Requires no authentication; serves CONNECT to IPv4 addresses and names. */
export async function startSocks5Proxy(name: string): Promise<RecordingServer> {
  const requests: RecordedRequest[] = [];
  const server = createServer((socket) => {
    socket.once("data", () => {
      socket.write(Buffer.from([5, 0]));
      socket.once("data", (request) => {
        const isName = request[3] === 3;
        const host = isName
          ? request.toString("latin1", 5, 5 + (request[4] ?? 0))
          : [...request.subarray(4, 8)].join(".");
        const port = request.readUInt16BE(request.length - 2);
        requests.push({ server: name, path: `CONNECT ${host}:${String(port)}` });
        const upstream = connect(port, host, () => socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])));
        join(socket, upstream);
      });
    });
  });
  return listen(server, requests);
}

function join(a: Socket, b: Socket): void {
  a.pipe(b);
  b.pipe(a);
  for (const [one, other] of [
    [a, b],
    [b, a],
  ] as const)
    one.on("error", () => undefined).once("close", () => other.destroy());
}

async function listen(server: Server, requests: RecordedRequest[]): Promise<RecordingServer> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => sockets.add(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    requests,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
