import { expect } from "chai";
import { once } from "node:events";
import type { IncomingMessage, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { connect } from "node:net";
import type { FakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import { startFakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import { collect } from "./collect.ts";
import type { TestClient } from "./test-client.ts";
import { openTestClient } from "./test-client.ts";

/** A proxy that connects every CONNECT to one port, or answers with a status. */
interface TestProxy {
  readonly url: URL;
  readonly asked: readonly IncomingMessage[];
  refuseWith: number | undefined;
  stop(): void;
}

async function startProxy(targetPort: number): Promise<TestProxy> {
  const asked: IncomingMessage[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer();
  server.on("connect", (request, client: Socket) => {
    asked.push(request);
    sockets.add(client);
    client.on("error", () => undefined);
    if (proxy.refuseWith !== undefined) {
      client.end(`HTTP/1.1 ${String(proxy.refuseWith)} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const target = connect(targetPort, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.pipe(client).pipe(target);
    });
    target.on("error", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const proxy: TestProxy = {
    url: new URL(`http://me:p%40ss@127.0.0.1:${String(port)}`),
    asked,
    refuseWith: undefined,
    stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
  return proxy;
}

describe("tunnel through a proxy", () => {
  let server: FakeApiServer;
  let proxy: TestProxy;
  let test: TestClient;

  beforeEach(async () => {
    server = await startFakeApiServer();
    proxy = await startProxy(server.port);
    test = openTestClient({ url: server.url, ca: server.caPem, proxy: proxy.url });
  });

  afterEach(async () => {
    test.client.close();
    proxy.stop();
    await server.kill("fin");
  });

  it("uses HTTP/2 through CONNECT, and authenticates to the proxy", async () => {
    server.putSecret("shop", "a", { b: "c" });
    const { values } = await collect(test.upstream().list({ resourceVersion: "" }));
    expect(values).to.have.length(2);
    expect(server.requests.all()[0]?.protocol).to.equal("h2");
    expect(proxy.asked[0]?.url).to.equal(`127.0.0.1:${String(server.port)}`);
    const basic = Buffer.from("me:p@ss").toString("base64");
    expect(proxy.asked[0]?.headers["proxy-authorization"]).to.equal(`Basic ${basic}`);
  });

  it("fails with configuration if the proxy refuses, without showing the password", async () => {
    for (const [status, kind] of [
      [407, "configuration"],
      [403, "configuration"],
      [502, "unreachable"],
    ] as const) {
      proxy.refuseWith = status;
      const { error } = await collect(test.upstream().list({ resourceVersion: "" }));
      expect(error?.kind, String(status)).to.equal(kind);
      expect(error?.message)
        .to.contain(String(status))
        .and.not.to.contain("p@ss")
        .and.not.to.contain("p%40ss");
    }
  });

  it("fails with unreachable if the proxy is down", async () => {
    proxy.stop();
    const { error } = await collect(test.upstream().list({ resourceVersion: "" }));
    expect(error?.kind).to.equal("unreachable");
    expect(error?.message).to.contain("through the proxy 127.0.0.1");
  });
});
