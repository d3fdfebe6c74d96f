/**
 * The reference for reads: node:http2 alone, which answers each gRPC call with one cached frame. It reads the body and
 * waits for its end, as any server that reads a request must. Run as its own process:
 * `raw-server.ts SOCKET SIZE_BYTES`; prints `ready`.
 */
import { createServer } from "node:http2";
import { grpcFrame } from "../grpc-frame.ts";

const [, , socketPath = "", size = "1024"] = process.argv;
const frame = grpcFrame(Buffer.alloc(Number(size), 120));
const HEADERS = { ":status": 200, "content-type": "application/grpc" };
const TRAILERS = { "grpc-status": "0" };

const server = createServer();
server.on("stream", (stream) => {
  stream.on("data", () => undefined);
  stream.once("end", () => {
    stream.respond(HEADERS, { waitForTrailers: true });
    stream.once("wantTrailers", () => {
      stream.sendTrailers(TRAILERS);
    });
    stream.end(frame);
  });
  stream.on("error", () => undefined);
});
server.listen(socketPath, () => {
  process.stdout.write("ready\n");
});
process.once("SIGTERM", () => {
  process.exit(0);
});
