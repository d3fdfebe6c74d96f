// Admin HTTP over loopback sockets.
import { once } from "node:events";
import type { Socket } from "node:net";
import { connect } from "node:net";
import { expect } from "chai";
import type { AdminServer } from "../../../src/admin/http.ts";
import { listenAdmin } from "../../../src/admin/http.ts";
import { createMetricsRegistry } from "../../../src/observe/metrics-registry.ts";

describe("admin HTTP", () => {
  let server: AdminServer;
  let trouble: string | undefined;
  const url = (path: string): string => `http://127.0.0.1:${String(server.address.port)}${path}`;

  beforeEach(async () => {
    trouble = undefined;
    const metrics = createMetricsRegistry({ processMetrics: false });
    const check = { name: "first-sync", trouble: () => trouble };
    server = await listenAdmin(
      { host: "127.0.0.1", port: 0 },
      {
        probes: { livez: [], readyz: [check], startupz: [check] },
        metricsPage: (format) => metrics.page(format),
        statusPage: () => Promise.reject(new Error("a bug that quotes hunter2")),
      },
    );
  });
  afterEach(() => server.close());

  /** Opens a connection and sends the text. */
  const open = async (text: string): Promise<Socket> => {
    const socket = connect(server.address.port, "127.0.0.1");
    socket.on("error", () => undefined);
    await once(socket, "connect");
    socket.resume().write(text);
    return socket;
  };

  it("answers a probe with 200, or with 503 and the failed checks", async () => {
    expect((await fetch(url("/readyz"))).status).to.equal(200);
    trouble = "FORBIDDEN";
    const answer = await fetch(url("/readyz"));
    expect(answer.status).to.equal(503);
    expect(await answer.text()).to.contain("[-]first-sync failed: FORBIDDEN");
    expect((await fetch(url("/livez"))).status).to.equal(200);
  });

  it("returns metrics as text, or as OpenMetrics on request", async () => {
    const text = await fetch(url("/metrics"));
    expect(text.headers.get("content-type")).to.match(/^text\/plain; version=0\.0\.4/);
    const accept = "application/openmetrics-text;version=1.0.0;q=0.75,text/plain;version=0.0.4;q=0.5";
    const open = await fetch(url("/metrics"), { headers: { accept } });
    expect(open.headers.get("content-type")).to.match(/^application\/openmetrics-text/);
    expect(await open.text()).to.match(/# EOF\n$/);
  });

  it("rejects other paths and methods", async () => {
    expect((await fetch(url("/debug/pprof"))).status).to.equal(404);
    expect((await fetch(url("/"))).status).to.equal(404);
    const post = await fetch(url("/metrics"), { method: "POST", body: "x" });
    expect(post.status).to.equal(405);
    expect(post.headers.get("allow")).to.equal("GET, HEAD");
  });

  it("answers HEAD without a body", async () => {
    const answer = await fetch(url("/metrics"), { method: "HEAD" });
    expect(answer.status).to.equal(200);
    expect(await answer.text()).to.equal("");
  });

  it("does not return the message of an internal error", async () => {
    const answer = await fetch(url("/statusz"));
    expect(answer.status).to.equal(500);
    expect(await answer.text()).to.not.contain("hunter2");
  });

  it("forbids scripts, frames and caching", async () => {
    const { headers } = await fetch(url("/livez"));
    expect(headers.get("content-security-policy")).to.contain("default-src 'none'");
    expect(headers.get("cache-control")).to.equal("no-store");
  });

  it("closes connections that are not HTTP or have too large a head, and continues", async () => {
    for (const bytes of [
      "\u0000\u0001garbage\r\n\r\n",
      `GET /livez HTTP/1.1\r\nx: ${"y".repeat(20_000)}\r\n\r\n`,
    ]) {
      const socket = connect(server.address.port, "127.0.0.1");
      socket.on("error", () => undefined);
      socket.resume();
      socket.write(bytes);
      await once(socket, "close");
    }
    expect((await fetch(url("/livez"))).status).to.equal(200);
  });

  it("answers probes while other clients send requests slowly or do not read", async () => {
    const slow = await Promise.all(
      Array.from({ length: 80 }, (_, index) =>
        open(index % 2 === 0 ? "GET /livez HT" : "GET /metrics HTTP/1.1\r\n"),
      ),
    );
    for (let round = 0; round < 8; round += 1) expect((await fetch(url("/livez"))).status).to.equal(200);
    for (const socket of slow) socket.destroy();
  });

  it("closes a connection without a complete request after 2 s", async () => {
    const startMs = performance.now();
    const socket = await open("GET /livez HTTP/1.1\r\nhost: localhost\r\n");
    await once(socket, "close");
    expect(performance.now() - startMs).to.be.within(1900, 4500);
  }).timeout(10_000);

  it("answers one request per connection", async () => {
    const socket = await open("GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(50));
    const chunks: Buffer[] = [];
    socket.on("data", (chunk: Buffer) => void chunks.push(chunk));
    await once(socket, "close");
    expect(
      Buffer.concat(chunks)
        .toString()
        .match(/HTTP\/1\.1 200/g),
    ).to.have.length(1);
  });

  for (const [host, status] of [
    ["evil.example", 403],
    ["localhost.evil.example:19402", 403],
    ["127.0.0.1.evil.example", 403],
    ["10.0.0.1:19402", 403],
    ["localhost:19402", 200],
    ["LOCALHOST", 200],
    ["127.0.0.2", 200],
    ["[::1]:19402", 200],
  ] as const) {
    it(`answers ${String(status)} to Host ${host} on a loopback address`, async () => {
      const socket = await open(`GET /livez HTTP/1.1\r\nhost: ${host}\r\n\r\n`);
      const [head] = (await once(socket, "data")) as [Buffer];
      expect(head.toString()).to.match(new RegExp(`^HTTP/1.1 ${String(status)} `));
    });
  }

  it("closes open connections when it stops", async () => {
    const socket = connect(server.address.port, "127.0.0.1");
    await once(socket, "connect");
    const gone = once(socket.resume(), "close");
    await server.close();
    await gone;
  });
});
