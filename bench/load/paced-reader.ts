/**
 * An honest consumer in its own process: one Get after the other at a fixed rate over plain HTTP/2, so that its work is
 * small compared with the server's. Started by bench/abuse.ts with the socket and the name to get; answers each
 * message (milliseconds to read for) with the times of its Gets, in microseconds.
 */
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";
import { grpcFrame, stringFields } from "../grpc-frame.ts";

const [socketPath = "", name = ""] = process.argv.slice(2);
const EVERY_MS = 2;
const session = connectHttp2("http://localhost", { createConnection: () => connect(socketPath) });
const request = grpcFrame(stringFields({ 2: name }));
await once(session, "connect");
process.on("message", (durationMs) => void read(Number(durationMs)).then((times) => process.send?.(times)));
process.on("disconnect", () => process.exit());
process.send?.("ready");

async function read(durationMs: number): Promise<readonly number[]> {
  const times: number[] = [];
  const startedMs = performance.now();
  for (let at = 0; performance.now() - startedMs < durationMs; at += 1) {
    times.push(await get());
    // Paced by the clock: after a slow answer the next calls follow at once, as in a busy service.
    const waitMs = startedMs + (at + 1) * EVERY_MS - performance.now();
    if (waitMs > 0) await setTimeout(waitMs);
  }
  return times;
}

async function get(): Promise<number> {
  const startedMs = performance.now();
  const stream = session.request({
    ":method": "POST",
    ":path": "/podkey.v1.CredentialService/Get",
    "content-type": "application/grpc",
    te: "trailers",
  });
  stream.resume();
  stream.end(request);
  await once(stream, "close");
  return (performance.now() - startedMs) * 1000;
}
