/**
 * The reference for fan-out: node:http2 alone. Every POST stays open; `/fire` writes one frame of SIZE_BYTES
 * (a podkey change by its first byte) to all of them in one loop. `raw-fan-out.ts SOCKET SIZE_BYTES`; prints `ready`.
 */
import type { ServerHttp2Stream } from "node:http2";
import { createServer } from "node:http2";
import { grpcFrame } from "../grpc-frame.ts";

const CHANGE_TAG = 0x22;
const [, , socketPath = "", size = "1024"] = process.argv;
const frame = grpcFrame(Buffer.alloc(Number(size) - 5, CHANGE_TAG));
const open = new Set<ServerHttp2Stream>();

const server = createServer();
server.on("stream", (stream, headers) => {
  stream.on("error", () => undefined).resume();
  stream.respond({ ":status": 200, "content-type": "application/grpc" });
  if (headers[":path"] === "/fire") {
    for (const one of open) one.write(frame);
    stream.end();
    return;
  }
  open.add(stream);
  stream.once("close", () => open.delete(stream));
});
server.listen(socketPath, () => {
  process.stdout.write("ready\n");
});
process.once("SIGTERM", () => {
  process.exit(0);
});
