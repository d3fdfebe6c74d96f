/**
 * Reads that each open a new connection, as `curl`, `kubectl` and a starting job do: a gRPC call over a Unix
 * socket, or a GET over TLS. Used by bench/direct-read.ts; times are in microseconds, from the connect to the last byte.
 */
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import type { IncomingMessage } from "node:http";
import { get as getOverTls } from "node:https";
import { connect } from "node:net";
import { text } from "node:stream/consumers";

/** One gRPC call after the other over a Unix socket. `frame`: the request with its prefix. */
export function callAnew(options: {
  readonly socketPath: string;
  readonly path: string;
  readonly frame: Uint8Array;
  readonly seconds: number;
}): Promise<readonly number[]> {
  return timed(options.seconds, async () => {
    const session = connectHttp2("http://localhost", { createConnection: () => connect(options.socketPath) });
    const stream = session.request({
      ":method": "POST",
      ":path": options.path,
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.end(options.frame);
    await text(stream);
    session.close();
  });
}

/** One GET after the other from an API server, each with a handshake. */
export function getAnew(options: {
  readonly url: string;
  readonly caPem: string;
  readonly token: string;
  readonly seconds: number;
}): Promise<readonly number[]> {
  const headers = { authorization: `Bearer ${options.token}` };
  return timed(options.seconds, async () => {
    const request = getOverTls(options.url, { ca: options.caPem, agent: false, headers });
    const [answer] = (await once(request, "response")) as [IncomingMessage];
    if (answer.statusCode !== 200)
      throw new Error(`The API server answered ${String(answer.statusCode)} to a read.`);
    await text(answer);
  });
}

async function timed(seconds: number, read: () => Promise<void>): Promise<readonly number[]> {
  const us: number[] = [];
  const endMs = performance.now() + seconds * 1000;
  while (performance.now() < endMs) {
    const startedMs = performance.now();
    await read();
    us.push((performance.now() - startedMs) * 1000);
  }
  return us;
}
