import { expect } from "chai";
import { once } from "node:events";
import { createBareClient } from "../../support/fake-api-server/bare-client.ts";
import type { BareClient } from "../../support/fake-api-server/bare-client.ts";
import { startFakeApiServer } from "../../support/fake-api-server/fake-api-server.ts";
import type { FakeApiServer } from "../../support/fake-api-server/fake-api-server.ts";
import { createCertificateAuthority } from "../../support/tls/certificate-authority.ts";

const SECRETS = "/api/v1/namespaces/shop/secrets";
const FROM_ONE = `${SECRETS}?watch=1&resourceVersion=1`;

describe("FakeApiServer: connections", () => {
  let server: FakeApiServer;
  const clients: BareClient[] = [];

  beforeEach(async () => {
    server = await startFakeApiServer();
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await server.stop();
  });

  function dial(ca = server.caPem, protocol: "h2" | "http/1.1" = "h2"): BareClient {
    const client = createBareClient(server.url, { ca }, protocol);
    clients.push(client);
    return client;
  }
  async function codeOf(promise: Promise<unknown>): Promise<string> {
    return promise.then(
      () => "ok",
      (error: unknown) => (error as NodeJS.ErrnoException).code ?? String(error),
    );
  }

  it("announces the settings of the real server", async () => {
    const { session } = dial();
    if (session === undefined) throw new Error("no session");
    const [settings] = (await once(session, "remoteSettings")) as [Record<string, number>];
    expect(settings).to.include({
      maxConcurrentStreams: 100,
      initialWindowSize: 262_144,
      maxFrameSize: 262_144,
      maxHeaderListSize: 1_048_896,
      headerTableSize: 4096,
    });
  });

  it("sends GOAWAY and serves the open watch on, while the session accepts no new request", async () => {
    const client = dial();
    const stream = await client.watch(FROM_ONE);
    if (client.session === undefined) throw new Error("no session");
    const goaway = once(client.session, "goaway") as Promise<[number]>;
    server.goaway();
    expect((await goaway)[0]).to.equal(0);
    expect(await codeOf(client.send(SECRETS))).to.equal("ERR_HTTP2_GOAWAY_SESSION");
    server.putSecret("shop", "a", { k: "v" });
    expect((await stream.next())?.object.metadata.name).to.equal("a");
    expect((await dial().send(SECRETS)).status).to.equal(200);
  });

  it("offers HTTP/1.1 only on request, also to a client that supports both", async () => {
    const plain = await startFakeApiServer({ protocols: ["http/1.1"] });
    const client = createBareClient(plain.url, { ca: plain.caPem }, "http/1.1");
    expect((await client.send(SECRETS)).status).to.equal(200);
    expect(plain.requests.all()[0]?.protocol).to.equal("http/1.1");
    const modern = createBareClient(plain.url, { ca: plain.caPem });
    expect(await codeOf(modern.send(SECRETS))).to.not.equal("ok");
    client.close();
    modern.close();
    await plain.stop();
  });

  it("gives new connections another certificate, while old ones live on", async () => {
    const old = dial();
    await old.send(SECRETS);
    const authority = createCertificateAuthority("new");
    server.setCertificate(authority.issue());
    expect((await old.send(SECRETS)).status).to.equal(200);
    expect(await codeOf(dial().send(SECRETS))).to.equal("UNABLE_TO_VERIFY_LEAF_SIGNATURE");
    expect((await dial(authority.certificatePem).send(SECRETS)).status).to.equal(200);
  });

  it("on SIGTERM sends GOAWAY, refuses the port, and keeps the watch open and silent until its end", async () => {
    const client = dial();
    const stream = await client.watch(FROM_ONE);
    const termination = await server.terminate();
    expect(await codeOf(dial().send(SECRETS))).to.equal("ECONNREFUSED");
    server.putSecret("shop", "a", { k: "v" });
    await server.start();
    const successor = await dial().watch(FROM_ONE);
    expect((await successor.next())?.object.metadata.name).to.equal("a");
    termination.end();
    expect(await stream.next()).to.equal(undefined);
  });

  it("when killed leaves broken connections and a refused port, and starts again on the same one", async () => {
    const stream = await dial().watch(FROM_ONE);
    const { port } = server;
    await server.kill();
    expect(await codeOf(stream.next())).to.not.equal("ok");
    expect(await codeOf(dial().send(SECRETS))).to.equal("ECONNREFUSED");
    await server.start();
    expect(server.port).to.equal(port);
    expect((await dial().send(SECRETS)).status).to.equal(200);
  });

  it("keeps its history over a restart only on request", async () => {
    server.putSecret("shop", "a", { k: "v" });
    await server.restart("keep");
    const kept = await dial().watch(FROM_ONE);
    expect((await kept.next())?.type).to.equal("ADDED");
    await server.restart();
    const dropped = await dial().watch(FROM_ONE);
    expect((await dropped.next())?.object.code).to.equal(410);
  });

  it("rewinds to an earlier state and counts on from there", async () => {
    server.putSecret("shop", "a", { k: "1" });
    server.putSecret("shop", "a", { k: "2" });
    server.putSecret("shop", "b", { k: "1" });
    await server.rewind(2);
    const { body } = await dial().send(SECRETS);
    expect(body).to.include('"metadata":{"resourceVersion":"2"}').and.include('"data":{"k":"MQ=="}');
    server.putSecret("shop", "c", { k: "1" });
    expect(server.store.revision).to.equal(3);
  });

  it("runs two servers on one store that differ only by their ports", async () => {
    const second = await startFakeApiServer({ store: server.store });
    const stream = await dial().watch(FROM_ONE);
    second.putSecret("shop", "a", { k: "v" });
    expect((await stream.next())?.object.metadata.name).to.equal("a");
    await second.stop();
  });

  it("logs requests with times and connection, and lets a test wait for one", async () => {
    const client = dial();
    const next = server.requests.next({ verb: "watch" });
    await client.send(SECRETS);
    await client.watch(FROM_ONE);
    const record = await next;
    const [list] = server.requests.all({ verb: "list" });
    expect(record.query.get("resourceVersion")).to.equal("1");
    expect(record.connection).to.equal(list?.connection);
    expect(list?.endedAtMs).to.be.at.least(list?.atMs ?? Infinity);
    expect(record.endedAtMs).to.equal(undefined);
  });
});
