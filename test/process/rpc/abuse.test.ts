/**
 * What a client that means harm, or has stopped, can do to everyone else: nothing. The server runs in a process of its
 * own; after each attack it lives, answers others and has not grown.
 */
import { once } from "node:events";
import { connect as connectHttp2, constants } from "node:http2";
import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { expect } from "chai";
import { ATTACKS, attackBytes, halfOpenGets, NO_HTTP2 } from "../../support/rpc/attacks.ts";
import { openClient } from "../../support/rpc/client.ts";
import { forkLab, UPDATED } from "../../support/rpc/lab-child.ts";
import type { ForkedLab } from "../../support/rpc/lab-child.ts";

const GROWTH_LIMIT_BYTES = 10 * 1024 * 1024;
const PROBATION_MS = 10_000;
const PAUSE_MS = 5000;
const PATH = "/podkey.v1.CredentialService/Watch";

/** Why the server ends the connection of each attack; the others nghttp2 ends, or bears. */
const ENDED_FOR: Readonly<Record<string, readonly string[]>> = {
  "50,000 half-open Watches": ["protocol"],
  "50,000 half-open Gets": ["protocol", "half_open_calls"],
  "50,000 Watches that are opened and reset": ["aborted_calls"],
  "50,000 Gets that are opened and reset": ["aborted_calls"],
  "500,000 empty data frames": ["stray_bytes", "protocol"],
  "a message in 60,000 frames of one byte": ["crumbs"],
};

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
  // What one test did is not held against the next.
  beforeEach(async () => {
    await lab.later(PROBATION_MS);
    await lab.ended();
  });

  /** The other consumer is served. */
  async function expectService(): Promise<void> {
    const client = openClient(`unix:${lab.otherSocket}`);
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

  for (const [name, attack] of Object.entries(ATTACKS))
    it(`bears ${name}`, async () => {
      await survives(() => sendRaw(lab.socket, attackBytes(attack)));
      const reasons = ENDED_FOR[name];
      if (reasons !== undefined)
        expect(await lab.ended())
          .to.have.length(1)
          .and.satisfy((ended: readonly string[]) => reasons.includes(ended[0] ?? ""));
    });

  it("tells an honest client on the way that it is to calm down, and serves its next connection", async () => {
    const session = await open(lab.socket);
    const goaway = once(session, "goaway");
    // In waves, since a client opens no more than 256 calls at once.
    for (let wave = 0; wave < 6 && !session.destroyed; wave += 1) {
      const streams = Array.from({ length: 100 }, () => openStream(session));
      for (const stream of streams) stream?.end(Buffer.alloc(5));
      await answered(session);
      for (const stream of streams) stream?.close(8);
      await answered(session);
    }
    const [code] = (await goaway) as [number];
    expect(code).to.equal(constants.NGHTTP2_ENHANCE_YOUR_CALM);
    await lab.later(PAUSE_MS);
    const client = openClient(`unix:${lab.socket}`);
    expect((await client.get({ name: "db" })).credential?.name).to.equal("db");
    client.close();
  });

  it("takes a client's GOAWAY with an error for a goodbye: its next connection need not wait", async () => {
    const session = await open(lab.socket);
    const stream = openStream(session);
    stream?.end(Buffer.alloc(5));
    await readMessages(stream, 1);
    session.goaway(constants.NGHTTP2_INTERNAL_ERROR);
    await once(session, "close");
    expect(await lab.ended()).to.deep.equal([]);
    (await open(lab.socket)).destroy();
  });

  it("lets the next connection wait after an offence, and drains without it", async () => {
    await sendRaw(lab.socket, attackBytes(halfOpenGets));
    const waiting = await dial(lab.socket);
    waiting.write(attackBytes(() => Buffer.alloc(0)));
    await expectService();
    expect(waiting.bytesRead).to.equal(0);
    const gone = new Promise((resolve) => waiting.once("close", resolve));
    waiting.resume();
    await lab.close();
    await gone;
    lab = await forkLab();
  });

  it("bears garbage instead of a preface, half a preface, and a connection that says nothing", () =>
    survives(async () => {
      const silent = await dial(lab.socket);
      for (const bytes of Object.values(NO_HTTP2)) await sendRaw(lab.socket, bytes);
      await expectService();
      silent.destroy();
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
    // What is in flight may hold the set once; a queue would hold 320 MB.
    const setBytes = UPDATED.credentials * UPDATED.sizeBytes;
    expect(retainedBytes - before.retainedBytes).to.be.at.most(setBytes);
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

/** Resolves when the server has taken what the session has sent so far, or has ended it. */
async function answered(session: ClientHttp2Session): Promise<void> {
  if (!session.destroyed) await new Promise((resolve) => session.ping(resolve));
}

async function dial(socket: string): Promise<Socket> {
  const connection = connect(socket);
  connection.on("error", () => undefined);
  await once(connection, "connect");
  return connection;
}

/** Reads until this number of gRPC messages has arrived. */
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
