/**
 * What a client that means harm, or has stopped, can do to everyone else: nothing. The server runs in a process of its
 * own; after each attack it lives, answers others and has not grown.
 */
import { once } from "node:events";
import { connect as connectHttp2 } from "node:http2";
import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { expect } from "chai";
import { openClient } from "../../support/rpc/client.ts";
import { forkLab, UPDATED } from "../../support/rpc/lab-child.ts";
import type { ForkedLab } from "../../support/rpc/lab-child.ts";

const GROWTH_LIMIT_BYTES = 10 * 1024 * 1024;
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6 } as const;
const PATH = "/podkey.v1.CredentialService/Watch";
const END_HEADERS = 4;
/** HPACK: POST and http by index, the rest as literals that nobody keeps. */
const HEADER_BLOCK = Buffer.concat([
  Buffer.from([0x83, 0x86]),
  literal(":path", PATH),
  literal(":authority", "localhost"),
  literal("content-type", "application/grpc"),
  literal("te", "trailers"),
]);

describe("an RPC server under abuse", function () {
  this.timeout(30_000);
  let lab: ForkedLab;
  before(async () => {
    lab = await forkLab();
    await expectService();
    // The first calls compile the code; growth is measured from there.
    for (let at = 0; at < 300; at += 1) await expectService();
  });
  after(() => lab.close());

  async function expectService(): Promise<void> {
    const client = openClient(`unix:${lab.socket}`);
    const { credential } = await client.get({ name: "db" }, { timeoutMs: 5000 });
    expect(credential?.name).to.equal("db");
    client.close();
  }

  /** Attacks, then expects the server to live, to answer, and not to have grown. */
  async function survives(attack: () => Promise<void>): Promise<void> {
    const before = await lab.memory();
    await attack();
    await expectService();
    const { rssBytes } = await lab.memory();
    expect(lab.isAlive()).to.equal(true);
    expect(rssBytes - before.rssBytes).to.be.below(GROWTH_LIMIT_BYTES);
  }

  it("bears 50,000 half-open streams on one connection", () =>
    survives(async () => {
      const streams = Array.from({ length: 50_000 }, (_, at) =>
        frame(FRAME.headers, END_HEADERS, at * 2 + 1, HEADER_BLOCK),
      );
      await sendRaw(
        lab.socket,
        Buffer.concat([Buffer.from(PREFACE), frame(FRAME.settings, 0, 0), ...streams]),
      );
    }));

  for (const [what, frames] of [
    [
      "a flood of pings",
      () => Buffer.concat(Array.from({ length: 100_000 }, () => frame(FRAME.ping, 0, 0, Buffer.alloc(8)))),
    ],
    [
      "a flood of settings",
      () => Buffer.concat(Array.from({ length: 100_000 }, () => frame(FRAME.settings, 0, 0))),
    ],
    ["garbage after the preface", () => Buffer.alloc(1_000_000, 0xa5)],
    ["a data frame of a stream that never was", () => frame(FRAME.data, 0, 99, Buffer.alloc(10))],
  ] as const)
    it(`bears ${what}`, () =>
      survives(async () => {
        await sendRaw(
          lab.socket,
          Buffer.concat([Buffer.from(PREFACE), frame(FRAME.settings, 0, 0), frames()]),
        );
      }));

  it("bears garbage instead of a preface, half a preface, and a connection that says nothing", () =>
    survives(async () => {
      await sendRaw(lab.socket, Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"));
      await sendRaw(lab.socket, Buffer.alloc(100_000, "x"));
      const silent = await dial(lab.socket);
      const half = await dial(lab.socket);
      half.write(PREFACE.slice(0, 10));
      await expectService();
      silent.destroy();
      half.destroy();
    }));

  it("bears streams that are opened and reset at once", () =>
    survives(async () => {
      const session = await open(lab.socket);
      for (let at = 0; at < 20_000 && !session.destroyed; at += 1) {
        openStream(session)?.close(8);
        if (at % 200 === 0) await turn();
      }
      session.destroy();
    }));

  it("bears 130 KB of metadata", () =>
    survives(async () => {
      const client = openClient(`unix:${lab.socket}`);
      const status: unknown = await client
        .get({ name: "db" }, { metadata: { "x-large": "y".repeat(130_000) } })
        .catch((error: unknown) => error);
      expect(status).to.have.property("code");
      client.close();
    }));

  it("bears a message in 60,000 frames of one byte", () =>
    survives(async () => {
      const session = await open(lab.socket);
      const stream = openStream(session);
      stream?.write(Buffer.from([0, 0, 0, 0xea, 0x60]));
      for (let at = 0; at < 60_000 && stream?.destroyed === false; at += 1) {
        stream.write(Buffer.from([0x0a]));
        if (at % 1000 === 0) await turn();
      }
      session.destroy();
    }));

  it("keeps one mark a key for a reader that has stopped, not one copy an update", async () => {
    // Warm: every credential has a previous generation, and the code is compiled.
    await lab.update(5000);
    const session = await open(lab.socket);
    const stream = openStream(session);
    stream?.end(Buffer.alloc(5));
    // reset, db, the twenty, synced; then it stops.
    await readMessages(stream, 3 + UPDATED.credentials);
    stream?.pause();
    const before = await lab.memory();
    await lab.update(20_000);
    const { retainedBytes } = await lab.memory();
    // The message in flight may hold the whole set once, the rest is the heap's breath; a queue would hold 320 MB.
    const setBytes = UPDATED.credentials * UPDATED.sizeBytes;
    expect(retainedBytes - before.retainedBytes).to.be.below(2 * setBytes);
    await expectService();
    session.destroy();
  });

  it("serves 1,000 Watches on 1,000 connections", async () => {
    const sockets: ClientHttp2Session[] = [];
    const before = await lab.memory();
    for (let at = 0; at < 1000; at += 1) {
      const session = await open(lab.socket);
      const stream = openStream(session);
      stream?.end(Buffer.alloc(5));
      sockets.push(session);
      if (stream !== undefined) await once(stream, "data");
    }
    await expectService();
    const { rssBytes } = await lab.memory();
    expect((rssBytes - before.rssBytes) / 1000).to.be.below(120 * 1024);
    for (const session of sockets) session.destroy();
  });
});

async function open(socket: string): Promise<ClientHttp2Session> {
  const connection = await dial(socket);
  const session = connectHttp2("http://localhost", { createConnection: () => connection });
  session.on("error", () => undefined);
  await once(session, "remoteSettings");
  return session;
}

function openStream(session: ClientHttp2Session): ClientHttp2Stream | undefined {
  if (session.destroyed || session.closed) return undefined;
  const headers = { ":method": "POST", ":path": PATH, "content-type": "application/grpc", te: "trailers" };
  const stream = session.request(headers, { endStream: false });
  stream.on("error", () => undefined);
  return stream;
}

async function dial(socket: string): Promise<Socket> {
  const connection = connect(socket);
  connection.on("error", () => undefined);
  await once(connection, "connect");
  return connection;
}

/** Reads until so many gRPC messages have come. */
async function readMessages(stream: ClientHttp2Stream | undefined, count: number): Promise<void> {
  let bytes = Buffer.alloc(0);
  let left = count;
  while (stream !== undefined && left > 0) {
    const [chunk] = (await once(stream, "data")) as [Buffer];
    bytes = Buffer.concat([bytes, chunk]);
    while (bytes.length >= 5 && bytes.length >= 5 + bytes.readUInt32BE(1)) {
      bytes = bytes.subarray(5 + bytes.readUInt32BE(1));
      left -= 1;
    }
  }
}

/** Sends bytes and waits until the server has taken them all or closed the connection. */
async function sendRaw(socket: string, bytes: Buffer): Promise<void> {
  const connection = await dial(socket);
  connection.resume();
  await new Promise<void>((resolve) => {
    connection.once("close", () => resolve());
    connection.write(bytes, () => resolve());
  });
  connection.destroy();
}

function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.byteLength, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

function literal(name: string, value: string): Buffer {
  return Buffer.concat([
    Buffer.from([0, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
