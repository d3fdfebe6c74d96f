import { expect } from "chai";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { startFaultRelay } from "../../support/fault-relay/fault-relay.ts";
import type { FaultRelay } from "../../support/fault-relay/fault-relay.ts";

/** Echoes in upper case, so that a byte that came back has been through the server. */
async function startEcho(): Promise<Server> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (chunk) => socket.write(chunk.toString().toUpperCase()));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

describe("FaultRelay", () => {
  let echo: Server;
  let relay: FaultRelay;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    echo = await startEcho();
    relay = await startFaultRelay((echo.address() as AddressInfo).port);
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await relay.stop();
    echo.close();
  });

  async function dial(): Promise<Socket> {
    const socket = connect(relay.port, "127.0.0.1");
    sockets.push(socket);
    socket.on("error", () => undefined);
    await once(socket, "connect");
    return socket;
  }
  async function ask(socket: Socket, text: string): Promise<string> {
    socket.write(text);
    const [answer] = (await once(socket, "data")) as [Buffer];
    return answer.toString();
  }
  /** Resolves when the relay has really carried a byte there and back on another connection. */
  async function settle(): Promise<void> {
    const probe = await dial();
    const connection = relay.connections.at(-1);
    connection?.pass();
    expect(await ask(probe, "x")).to.equal("X");
  }

  it("passes bytes both ways", async () => {
    expect(await ask(await dial(), "hello")).to.equal("HELLO");
  });

  it("holds everything in a black hole, keeps the connection, and delivers in order when lifted", async () => {
    const socket = await dial();
    await ask(socket, "a");
    relay.blackHole();
    socket.write("b");
    socket.write("c");
    await settle();
    expect(socket.bytesRead).to.equal(1);
    expect(socket.readyState).to.equal("open");
    const back = once(socket, "data") as Promise<[Buffer]>;
    relay.pass();
    expect((await back)[0].toString()).to.match(/^BC?$/);
  });

  it("accepts new connections into the black hole", async () => {
    relay.blackHole();
    const socket = await dial();
    socket.write("a");
    await settle();
    expect(socket.bytesRead).to.equal(0);
  });

  it("holds one direction alone", async () => {
    const socket = await dial();
    const [upstream] = (await Promise.all([once(echo, "connection"), ask(await dial(), "x")]))[0] as [Socket];
    relay.blackHole("to-client");
    socket.write("a");
    await settle();
    expect(socket.bytesRead).to.equal(0);
    expect(upstream.destroyed).to.equal(false);
    relay.pass();
  });

  it("resets every connection with RST and accepts new ones", async () => {
    const socket = await dial();
    await ask(socket, "a");
    const failed = once(socket, "error") as Promise<[NodeJS.ErrnoException]>;
    relay.reset();
    expect((await failed)[0].code).to.equal("ECONNRESET");
    expect(await ask(await dial(), "b")).to.equal("B");
  });

  it("refuses new connections, leaves open ones alone, and accepts again on the same port", async () => {
    const socket = await dial();
    await ask(socket, "a");
    const { port } = relay;
    await relay.refuse();
    const refused = connect(port, "127.0.0.1");
    expect(((await once(refused, "error")) as [NodeJS.ErrnoException])[0].code).to.equal("ECONNREFUSED");
    expect(await ask(socket, "b")).to.equal("B");
    await relay.accept();
    expect(relay.port).to.equal(port);
    expect(await ask(await dial(), "c")).to.equal("C");
  });

  it("throttles in small steps without losing a byte", async () => {
    const socket = await dial();
    relay.throttle(400);
    socket.write("abcdefghijkl");
    let text = "";
    let chunks = 0;
    while (text.length < 12) {
      text += ((await once(socket, "data")) as [Buffer])[0].toString();
      chunks += 1;
    }
    expect(text).to.equal("ABCDEFGHIJKL");
    expect(chunks).to.be.greaterThan(1);
  });

  it("switches one connection and leaves the others alone", async () => {
    const [held, free] = [await dial(), await dial()];
    await ask(held, "a");
    await ask(free, "a");
    relay.connections[0]?.blackHole();
    held.write("b");
    expect(await ask(free, "c")).to.equal("C");
    await settle();
    expect(held.bytesRead).to.equal(1);
  });
});
