import { expect } from "chai";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Contact } from "../../../../src/sync/port/source.ts";
import type { FakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import { startFakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import type { FaultRelay } from "../../../support/fault-relay/fault-relay.ts";
import { startFaultRelay } from "../../../support/fault-relay/fault-relay.ts";
import { testAuthority, testServerCertificate } from "../../../support/tls/certificate-authority.ts";
import { collect } from "./collect.ts";
import type { TestClient } from "./test-client.ts";
import { openTestClient } from "./test-client.ts";

const RESUME = { resourceVersion: "1", initialEvents: false, timeoutSeconds: 300 };

/** A thousandth of the real 30 s and 15 s. */
const FAST = { readIdleMs: 30, pingTimeoutMs: 15, contactIntervalMs: 1 };

describe("http2 peer: relay that drops bytes", () => {
  let server: FakeApiServer;
  let relay: FaultRelay;
  let test: TestClient;

  beforeEach(async () => {
    server = await startFakeApiServer({ protocols: ["h2"] });
    relay = await startFaultRelay(server.port);
  });

  afterEach(async () => {
    test.client.close();
    await relay.stop();
    await server.kill("fin");
  });

  it("closes a connection that drops all bytes, and reaches the server on a new one (scenario 10)", async () => {
    test = openTestClient({ url: relay.url, ca: server.caPem, parameters: FAST });
    const all = collect(test.upstream().watch(RESUME));
    await server.watch();
    for (const connection of relay.connections) connection.blackHole();
    const { error } = await all;
    expect(error?.kind).to.equal("dead-connection");
    expect(test.counted).to.include("ping-timeout");
    expect(test.logged).to.include("kube_ping_timeout");
    const list = await collect(test.upstream().list({ resourceVersion: "" }));
    expect(list.error).to.equal(undefined);
    expect(server.requests.all()[1]?.connection).not.to.equal(server.requests.all()[0]?.connection);
  });

  it("reports contact for each answered PING while nothing else arrives", async () => {
    test = openTestClient({ url: relay.url, ca: server.caPem, parameters: { ...FAST, pingTimeoutMs: 5000 } });
    const upstream = test.upstream();
    const contacts: Contact[] = [];
    const third = new Promise<void>((resolve) => {
      upstream.contact$.subscribe((contact) => {
        contacts.push(contact);
        if (contacts.length === 3) resolve();
      });
    });
    upstream.watch(RESUME).subscribe({ error: () => undefined });
    await third;
    expect(contacts).to.deep.equal([
      { detectsSilence: true },
      { detectsSilence: true },
      { detectsSilence: true },
    ]);
    expect(test.counted).to.deep.equal(["request watch 200"]);
  });

  it("ends a connect and a handshake at their time limits", async () => {
    relay.blackHole();
    test = openTestClient({ url: relay.url, ca: server.caPem, parameters: { tlsTimeoutMs: 20 } });
    const { error } = await collect(test.upstream().list({ resourceVersion: "" }));
    expect(error?.kind).to.equal("tls");
    expect(error?.message).to.contain("20 ms");
  });
});

/** An HTTP/2 server with its own event loop: it answers PINGs while this one is blocked. */
const SERVER_THREAD = `
  const { parentPort, workerData } = require("node:worker_threads");
  const server = require("node:http2").createSecureServer(workerData);
  server.on("stream", (stream) => {
    stream.on("error", () => undefined);
    stream.respond({ ":status": 200, "content-type": "application/json" });
    stream.write("\\n");
  });
  server.on("session", (session) => session.on("error", () => undefined));
  server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
`;

describe("http2 peer: stall of the event loop", () => {
  it("keeps a connection if the answer to its PING is already in the socket (scenario 42)", async () => {
    const { certificatePem, keyPem } = testServerCertificate();
    const worker = new Worker(SERVER_THREAD, {
      eval: true,
      workerData: { cert: certificatePem, key: keyPem },
    });
    const [port] = (await once(worker, "message")) as [number];
    const parameters = { readIdleMs: 20, pingTimeoutMs: 40, contactIntervalMs: 0 };
    const test = openTestClient({
      url: `https://127.0.0.1:${String(port)}`,
      ca: testAuthority().certificatePem,
      parameters,
    });
    const upstream = test.upstream();
    let contacts = 0;
    let onContact: (() => void) | undefined;
    upstream.contact$.subscribe(() => {
      contacts += 1;
      onContact?.();
    });
    let failure: unknown;
    upstream.watch(RESUME).subscribe({ error: (error: unknown) => (failure = error) });
    const cell = new Int32Array(new SharedArrayBuffer(4));
    for (let nap = 0; nap < 5; nap += 1) {
      const before = contacts;
      while (contacts < before + 2) await new Promise<void>((resolve) => (onContact = resolve));
      // A PING is sent 20 ms after the last byte; then the loop is blocked far beyond its 40 ms.
      const until = performance.now() + 25;
      while (performance.now() < until) await new Promise((resolve) => setImmediate(resolve));
      Atomics.wait(cell, 0, 0, 120);
    }
    expect(failure).to.equal(undefined);
    expect(test.counted).not.to.include("ping-timeout");
    test.client.close();
    await worker.terminate();
  });
});
