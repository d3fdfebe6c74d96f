import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Credentials, TlsMaterial } from "../../../../src/source/kubernetes/target/credentials.ts";
import { KUBE_PARAMETERS } from "../../../../src/source/kubernetes/target/parameters.ts";
import { createServiceAccountCredentials } from "../../../../src/source/kubernetes/target/service-account.ts";
import type { FakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import { startFakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import { createCertificateAuthority, testAuthority } from "../../../support/tls/certificate-authority.ts";
import { collect } from "./collect.ts";
import type { TestClient } from "./test-client.ts";
import { REAL_CLOCK, openTestClient } from "./test-client.ts";

const CONSISTENT = { resourceVersion: "" };

describe("renewal: files of a ServiceAccount", () => {
  let directory: string;
  let server: FakeApiServer;
  let test: TestClient;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "podkey-renewal-"));
    server = await startFakeApiServer();
    server.access.setTokens({ "token-1": "podkey" });
    await writeFile(join(directory, "token"), "token-1");
    await writeFile(join(directory, "ca.crt"), server.caPem);
    const credentials = createServiceAccountCredentials({
      clock: REAL_CLOCK,
      log: () => undefined,
      parameters: KUBE_PARAMETERS,
      directory,
    });
    test = openTestClient({ url: server.url, credentials });
  });

  afterEach(async () => {
    test.client.close();
    await server.kill("fin");
    await rm(directory, { recursive: true });
  });

  it("reads the token again after a 401 and sends the request again, without an error (scenarios 29 and 53)", async () => {
    await collect(test.upstream().list(CONSISTENT));
    server.access.setTokens({ "token-2": "podkey" });
    await writeFile(join(directory, "token"), "token-2");
    const lists = await Promise.all([1, 2, 3].map(() => collect(test.upstream().list(CONSISTENT))));
    expect(lists.map(({ error }) => error)).to.deep.equal([undefined, undefined, undefined]);
    expect(server.requests.count({ verb: "list" })).to.equal(1 + 3 * 2);
    expect(test.counted.filter((one) => one === "retry token")).to.have.length(3);
  });

  it("fails with unauthorized after one request if the token is unchanged", async () => {
    server.access.setTokens({ "token-2": "podkey" });
    const { error } = await collect(test.upstream().list(CONSISTENT));
    expect(error?.kind).to.equal("unauthorized");
    expect(server.requests.count()).to.equal(1);
  });

  it("fails with unauthorized after two requests if the new token is rejected too", async () => {
    await collect(test.upstream().list(CONSISTENT));
    server.access.setTokens({});
    await writeFile(join(directory, "token"), "token-2");
    const { error } = await collect(test.upstream().list(CONSISTENT));
    expect(error?.kind).to.equal("unauthorized");
    expect(server.requests.count()).to.equal(3);
  });

  it("reads the CA again after a certificate error and connects in the same attempt (scenario 31)", async () => {
    await collect(test.upstream().list(CONSISTENT));
    const rotated = createCertificateAuthority("rotated");
    server.setCertificate(rotated.issue());
    server.dropConnections("fin");
    await writeFile(join(directory, "ca.crt"), rotated.certificatePem);
    const { error } = await collect(test.upstream().list(CONSISTENT));
    expect(error).to.equal(undefined);
    expect(test.counted).to.include("retry ca");
  });

  it("fails with tls if the certificate stays untrusted", async () => {
    server.setCertificate(createCertificateAuthority("stranger").issue());
    const { error } = await collect(test.upstream().list(CONSISTENT));
    expect(error?.kind).to.equal("tls");
    expect(error?.message).to.contain("Check the CA bundle");
  });

  it("fails with tls if the certificate is for another host", async () => {
    server.setCertificate(testAuthority().issue({ hosts: ["elsewhere.example"] }));
    const { error } = await collect(test.upstream().list(CONSISTENT));
    expect(error?.message).to.contain("ERR_TLS_CERT_ALTNAME_INVALID");
  });
});

describe("renewal: client certificate", () => {
  it("authenticates as the certificate's user, and opens a new connection after the certificate changed", async () => {
    const clients = createCertificateAuthority("clients");
    const server = await startFakeApiServer({ clientCaPem: clients.certificatePem });
    server.access.setTokens({});
    let material = materialOf(server, clients.issue({ commonName: "podkey" }));
    const credentials: Credentials = {
      headers: () => Promise.resolve({}),
      tls: () => Promise.resolve(material),
      renew: () => Promise.resolve(false),
      close: () => undefined,
    };
    const test = openTestClient({ url: server.url, credentials });
    expect((await collect(test.upstream().list(CONSISTENT))).error).to.equal(undefined);
    material = materialOf(server, clients.issue({ commonName: "podkey" }));
    expect((await collect(test.upstream().list(CONSISTENT))).error).to.equal(undefined);
    const [first, second] = server.requests.all();
    expect(second?.connection).not.to.equal(first?.connection);
    test.client.close();
    await server.kill("fin");
  });
});

function materialOf(server: FakeApiServer, pair: { certificatePem: string; keyPem: string }): TlsMaterial {
  return {
    ca: server.caPem,
    cert: pair.certificatePem,
    key: pair.keyPem,
    serverName: undefined,
    insecure: false,
  };
}
