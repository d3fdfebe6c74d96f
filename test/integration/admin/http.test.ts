// Admin HTTP over loopback sockets.
import { once } from "node:events";
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

  it("closes open connections when it stops", async () => {
    const socket = connect(server.address.port, "127.0.0.1");
    await once(socket, "connect");
    const gone = once(socket.resume(), "close");
    await server.close();
    await gone;
  });
});
