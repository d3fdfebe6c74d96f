/** The short way of the reads, spoken to in raw HTTP/2: what no well-behaved client sends must end well too. */
import { once } from "node:events";
import type { ClientHttp2Session, IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http2";
import { connect } from "node:http2";
import { createConnection } from "node:net";
import { expect } from "chai";
import { credential } from "../../support/core/credentials.ts";
import { RpcLab } from "../../support/rpc/rpc-lab.ts";

const GET = "/podkey.v1.CredentialService/Get";

/** `GetRequest{name: "db"}` in its frame. */
const FRAME = Buffer.from([0, 0, 0, 0, 4, 0x12, 2, 0x64, 0x62]);

interface Answer {
  readonly headers: IncomingHttpHeaders;
  readonly status: unknown;
  readonly sizeBytes: number;
}

describe("openDirectPath", () => {
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

  async function ask(body: Uint8Array, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    const stream = session.request({
      ":method": "POST",
      ":path": GET,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    let trailers: IncomingHttpHeaders = {};
    let sizeBytes = 0;
    stream.on("trailers", (sent: IncomingHttpHeaders) => (trailers = sent));
    stream.on("data", (chunk: Buffer) => (sizeBytes += chunk.byteLength));
    const response = once(stream, "response");
    stream.end(body);
    const [first] = (await response) as [IncomingHttpHeaders];
    if (!stream.closed) await once(stream, "close");
    return { headers: first, status: trailers["grpc-status"] ?? first["grpc-status"], sizeBytes };
  }

  it("answers a plain call with one message and status 0", async () => {
    const { headers, status, sizeBytes } = await ask(FRAME);
    expect(headers).to.include({ ":status": 200, "content-type": "application/grpc+proto" });
    expect(headers).not.to.have.property("grpc-accept-encoding");
    expect(status).to.equal("0");
    expect(sizeBytes).to.be.greaterThan(50);
    expect(lab.metrics.lines).to.include("handled Get OK");
  });

  it("leaves a call that names an encoding to grpc-js", async () => {
    const { headers, status } = await ask(FRAME, { "grpc-encoding": "gzip" });
    expect(headers).to.have.property("grpc-accept-encoding");
    expect(status).to.equal("0");
  });

  it("answers a body that comes byte by byte", async () => {
    const stream = session.request({ ":method": "POST", ":path": GET, "content-type": "application/grpc" });
    for (const byte of FRAME) stream.write(Buffer.of(byte));
    stream.end();
    stream.resume();
    const [trailers] = (await once(stream, "trailers")) as [IncomingHttpHeaders];
    expect(trailers["grpc-status"]).to.equal("0");
  });

  for (const [what, body] of [
    ["no message", Buffer.alloc(0)],
    ["half a prefix", Buffer.alloc(3)],
    ["a message that is cut off", FRAME.subarray(0, 7)],
    ["two messages", Buffer.concat([FRAME, FRAME])],
    ["a compressed message without a word of it", Buffer.concat([Buffer.of(1), FRAME.subarray(1)])],
    ["bytes that are not a GetRequest", Buffer.from([0, 0, 0, 0, 1, 0x0f])],
  ] as const)
    it(`refuses ${what} with BAD_REQUEST, and answers the next call`, async () => {
      const { headers, status } = await ask(body);
      expect(status).to.equal("3");
      expect(Buffer.from(String(headers["grpc-status-details-bin"]), "base64").toString()).to.include(
        "BAD_REQUEST",
      );
      expect((await ask(FRAME)).status).to.equal("0");
      expect(lab.metrics.lines).to.include.members([
        "started Get",
        "handled Get InvalidArgument",
        "read Get BAD_REQUEST",
      ]);
      expect(lab.audited[0]).to.include({ consumer: "web", method: "Get", outcome: "BAD_REQUEST" });
      expect(lab.audited[0]?.names).to.deep.equal([]);
    });

  for (const method of ["Get", "List", "Watch"] as const)
    it(`refuses a ${method} of more than 1 MiB before it has ended, counts it once and audits it`, async () => {
      const large = Buffer.alloc(1_200_000);
      const { status } = await ask(large, { ":path": `/podkey.v1.CredentialService/${method}` });
      expect(status).to.equal("8");
      const counted = lab.metrics.lines.filter((line) => line.startsWith(`handled ${method}`));
      expect(counted).to.deep.equal([`handled ${method} ResourceExhausted`]);
      expect(lab.audited).to.have.length(1);
      expect(lab.audited[0]).to.include({ method, outcome: "REQUEST_TOO_LARGE" });
      expect(lab.metrics.openStreams()).to.equal(0);
    });

  it("refuses bytes that are not a message in the same way through grpc-js", async () => {
    const body = Buffer.from([0, 0, 0, 0, 1, 0x0f]);
    const { status } = await ask(body, { "grpc-encoding": "gzip" });
    expect(status).to.equal("3");
    expect(lab.metrics.lines).to.include("read Get BAD_REQUEST");
    expect(lab.audited.map(({ outcome }) => outcome)).to.deep.equal(["BAD_REQUEST"]);
  });

  it("sends the details of a refusal", async () => {
    const { headers, status, sizeBytes } = await ask(Buffer.from([0, 0, 0, 0, 4, 0x12, 2, 0x64, 0x63]));
    expect({ status, sizeBytes }).to.deep.equal({ status: "5", sizeBytes: 0 });
    expect(headers["grpc-message"]).to.include("There%20is%20no%20credential");
    expect(headers).to.have.property("grpc-status-details-bin");
  });

  it("sends a large credential whole", async () => {
    lab.view.sync([credential("db", { data: { key: "x".repeat(300_000) } })]);
    expect((await ask(FRAME)).sizeBytes).to.be.greaterThan(300_000);
  });

  it("forgets a call that waits when its client leaves", async () => {
    await ask(FRAME);
    session.destroy();
    await lab.close();
    lab = await RpcLab.start();
    session = connect("http://localhost", { createConnection: () => createConnection(lab.socket) });
    const stream = session.request({ ":method": "POST", ":path": GET, "content-type": "application/grpc" });
    stream.end(FRAME);
    while (!lab.metrics.lines.includes("started Get")) await new Promise((resolve) => setImmediate(resolve));
    session.destroy();
    while (!lab.metrics.lines.includes("handled Get Canceled"))
      await new Promise((resolve) => setImmediate(resolve));
  });
});
