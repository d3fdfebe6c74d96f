import { expect } from "chai";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Http2SecureServer, ServerHttp2Session } from "node:http2";
import { constants, createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { testAuthority, testServerCertificate } from "../../../support/tls/certificate-authority.ts";
import { collect } from "./collect.ts";
import { openTestClient } from "./test-client.ts";

const EMPTY_LIST = JSON.stringify({ kind: "SecretList", metadata: { resourceVersion: "7" }, items: [] });

/** A server that does not process the first requests, as if its GOAWAY had crossed them. */
interface RefusingServer {
  readonly server: Http2SecureServer;
  readonly url: string;
  refusals: number;
  requests: number;
  stop(): void;
}

async function startRefusingServer(): Promise<RefusingServer> {
  const { certificatePem, keyPem } = testServerCertificate();
  const server = createSecureServer({ cert: certificatePem, key: keyPem });
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => sessions.add(session));
  server.on("stream", (stream) => {
    stream.on("error", () => undefined);
    one.requests += 1;
    if (one.refusals > 0) {
      one.refusals -= 1;
      // Node's close() sends END_STREAM first, unlike a refusal.
      stream.end = () => stream;
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
      return;
    }
    stream.respond({ ":status": 200, "content-type": "application/json" });
    stream.end(EMPTY_LIST);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const one: RefusingServer = {
    server,
    url: `https://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    refusals: 0,
    requests: 0,
    stop() {
      server.close();
      for (const session of sessions) session.destroy();
    },
  };
  return one;
}

describe("api client", () => {
  it("sends a request that the server did not process again, three times in all", async () => {
    const server = await startRefusingServer();
    const test = openTestClient({ url: server.url, ca: testAuthority().certificatePem });
    server.refusals = 2;
    expect((await collect(test.upstream().list({ resourceVersion: "" }))).error).to.equal(undefined);
    expect(server.requests).to.equal(3);
    server.refusals = 9;
    expect((await collect(test.upstream().list({ resourceVersion: "" }))).error?.kind).to.equal("reset");
    expect(server.requests).to.equal(6);
    expect(test.counted.filter((one) => one === "retry connection")).to.have.length(4);
    test.client.close();
    server.stop();
  });

  it("uses plain HTTP to a `kubectl proxy`, below the path of its URL", async () => {
    const paths: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url);
      response.setHeader("content-type", "application/json");
      response.end(EMPTY_LIST);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}/clusters/one/`;
    const test = openTestClient({ url });
    const { values } = await collect(test.upstream().list({ resourceVersion: "" }));
    expect(values).to.deep.equal([{ kind: "end", resourceVersion: "7" }]);
    expect(paths[0]).to.match(/^\/clusters\/one\/api\/v1\/namespaces\/shop\/secrets\?/);
    test.client.close();
    server.close();
  });

  it("limits all scopes together to the rate of --api-qps", async () => {
    const server = await startRefusingServer();
    const test = openTestClient({ url: server.url, ca: testAuthority().certificatePem, qps: 200, burst: 2 });
    const lists = Array.from({ length: 4 }, () => collect(test.upstream().list({ resourceVersion: "" })));
    await Promise.all(lists);
    expect(test.counted.filter((one) => one === "throttled")).to.have.length(2);
    test.client.close();
    server.stop();
  });
});
