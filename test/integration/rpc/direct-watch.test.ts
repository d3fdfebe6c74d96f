/** A Watch on its short way, spoken to in raw HTTP/2: messages, and each of its ends. */
import { once } from "node:events";
import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
  OutgoingHttpHeaders,
} from "node:http2";
import { connect, constants } from "node:http2";
import { createConnection } from "node:net";
import { expect } from "chai";
import { credential } from "../../support/core/credentials.ts";
import { RpcLab } from "../../support/rpc/rpc-lab.ts";

/** `WatchRequest{names: ["db"]}` in its frame. */
const FRAME = Buffer.from([0, 0, 0, 0, 4, 0x12, 2, 0x64, 0x62]);

describe("openDirectPath, for a Watch", () => {
  let lab: RpcLab;
  let session: ClientHttp2Session;
  beforeEach(async () => {
    lab = await RpcLab.start();
    lab.view.sync([credential("db")]);
    session = connect("http://localhost", { createConnection: () => createConnection(lab.socket) });
  });
  afterEach(async () => {
    session.destroy();
    await lab.close();
  });

  function watch(headers: OutgoingHttpHeaders = {}): ClientHttp2Stream {
    const stream = session.request({
      ":method": "POST",
      ":path": "/podkey.v1.CredentialService/Watch",
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    stream.end(FRAME);
    return stream;
  }

  /** First bytes (the event's tag) of the next `count` messages. */
  async function tags(stream: ClientHttp2Stream, count: number): Promise<readonly number[]> {
    const found: number[] = [];
    let rest = Buffer.alloc(0);
    for await (const chunk of stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      rest = Buffer.concat([rest, chunk]);
      while (rest.byteLength >= 6 && rest.byteLength >= 5 + rest.readUInt32BE(1)) {
        found.push(rest[5] ?? 0);
        rest = rest.subarray(5 + rest.readUInt32BE(1));
      }
      if (found.length >= count) break;
    }
    return found;
  }

  /** Waits for the end; the status out of the trailers. */
  async function endOf(stream: ClientHttp2Stream): Promise<IncomingHttpHeaders> {
    let trailers: IncomingHttpHeaders = {};
    stream.on("trailers", (sent: IncomingHttpHeaders) => (trailers = sent));
    stream.resume();
    if (!stream.closed) await once(stream, "close");
    return trailers;
  }

  it("sends reset, item and synced, and then a change", async () => {
    const stream = watch();
    const [headers] = (await once(stream, "response")) as [IncomingHttpHeaders];
    expect(headers).to.include({ ":status": 200, "content-type": "application/grpc+proto" });
    expect(headers).not.to.have.property("grpc-accept-encoding");
    expect(await tags(stream, 3)).to.deep.equal([0x0a, 0x12, 0x1a]);
    lab.view.change([credential("db", { resourceVersion: "2", data: { password: "new" } })]);
    expect(await tags(stream, 1)).to.deep.equal([0x22]);
  });

  it("ends with a status in the trailers when podkey stops", async () => {
    const stream = watch();
    await tags(stream, 3);
    const end = endOf(stream);
    await lab.server.stop(0);
    expect(await end).to.include({ "grpc-status": String(14) });
    expect(lab.metrics.lines).to.include("handled Watch Unavailable");
  });

  it("ends at its deadline, and gives its place back", async () => {
    const stream = watch({ "grpc-timeout": "50m" });
    expect(await endOf(stream)).to.include({ "grpc-status": "4" });
    expect(lab.metrics.lines).to.include("handled Watch DeadlineExceeded");
    expect(lab.metrics.openStreams()).to.equal(0);
  });

  it("forgets a Watch whose client has gone", async () => {
    const stream = watch();
    await tags(stream, 3);
    stream.close(constants.NGHTTP2_CANCEL);
    await once(stream, "close");
    // The server has heard of it when it answers what came after.
    const next = watch({ "grpc-timeout": "50m" });
    await endOf(next);
    expect(lab.metrics.openStreams()).to.equal(0);
    expect(lab.metrics.lines).to.include("handled Watch Canceled");
  });
});
