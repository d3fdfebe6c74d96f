import { expect } from "chai";
import { createBareClient } from "../../support/fake-api-server/bare-client.ts";
import type { BareAnswer, BareClient } from "../../support/fake-api-server/bare-client.ts";
import { startFakeApiServer } from "../../support/fake-api-server/fake-api-server.ts";
import type { FakeApiServer } from "../../support/fake-api-server/fake-api-server.ts";
import { createCertificateAuthority, testAuthority } from "../../support/tls/certificate-authority.ts";

const SECRETS = "/api/v1/namespaces/shop/secrets";
const REVIEWS = "/apis/authorization.k8s.io/v1";

describe("FakeApiServer: access", () => {
  let server: FakeApiServer;
  let client: BareClient;

  beforeEach(async () => {
    server = await startFakeApiServer();
    client = createBareClient(server.url, { ca: server.caPem });
    server.access.setTokens({ good: "system:serviceaccount:shop:web" });
    server.putSecret("shop", "s1", { k: "v" });
  });
  afterEach(async () => {
    client.close();
    await server.stop();
  });

  const get = (path: string, token = "good"): Promise<BareAnswer> =>
    client.send(path, { headers: { authorization: `Bearer ${token}` } });

  it("answers 401 to an unknown token and 403 to none at all, as the anonymous user", async () => {
    expect((await get(SECRETS, "bad")).body).to.equal(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Unauthorized","reason":"Unauthorized","code":401}\n',
    );
    expect((await client.send(SECRETS)).body).to.equal(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"secrets is forbidden: User \\"system:anonymous\\" cannot list resource \\"secrets\\" in API group \\"\\" in the namespace \\"shop\\"","reason":"Forbidden","details":{"kind":"secrets"},"code":403}\n',
    );
    expect((await client.send("/readyz")).body).to.equal("ok");
  });

  it("swaps the tokens while it runs, and leaves an open watch alone", async () => {
    const stream = await client.watch(`${SECRETS}?watch=1`, { headers: { authorization: "Bearer good" } });
    await stream.next();
    server.access.setTokens({ better: "system:serviceaccount:shop:web" });
    expect((await get(SECRETS)).status).to.equal(401);
    expect((await get(SECRETS, "better")).status).to.equal(200);
    server.putSecret("shop", "s2", { k: "v" });
    expect((await stream.next())?.object.metadata.name).to.equal("s2");
  });

  it("compares resourceNames as literals and lets them list only by metadata.name", async () => {
    const names = ["s1", "prefix-*"];
    const verbs = ["get", "list", "watch"];
    server.access.setRules([{ verbs, resources: ["secrets"], namespaces: ["shop"], resourceNames: names }]);
    const statusOf = async (path: string): Promise<number> => (await get(path)).status;
    expect(await statusOf(`${SECRETS}/s1`)).to.equal(200);
    expect(await statusOf(`${SECRETS}/s2`)).to.equal(403);
    expect(await statusOf(SECRETS)).to.equal(403);
    expect(await statusOf(`${SECRETS}?fieldSelector=metadata.name%3Ds1`)).to.equal(200);
    expect(await statusOf(`${SECRETS}?watch=1`)).to.equal(403);
    expect(await statusOf("/api/v1/secrets?fieldSelector=metadata.name%3Ds1")).to.equal(403);
    expect(await statusOf(`${SECRETS}/prefix-a`)).to.equal(403);
    expect(await statusOf(`${SECRETS}/prefix-*`)).to.equal(404);
    const refused = await get(`${SECRETS}?fieldSelector=metadata.name%3Ds2`);
    expect(refused.body).to.include('secrets \\"s2\\" is forbidden');
    expect(refused.headers["x-content-type-options"]).to.equal("nosniff");
  });

  it("says `at the cluster scope` if no namespace is named", async () => {
    server.access.setRules([]);
    expect((await get("/api/v1/secrets")).body).to.include(
      'cannot list resource \\"secrets\\" in API group \\"\\" at the cluster scope',
    );
  });

  it("reviews access and rules for the one who asks", async () => {
    const rule = { verbs: ["get", "watch"], resources: ["secrets"], resourceNames: ["s1"] };
    server.access.setRules([{ ...rule, namespaces: ["shop"] }]);
    const post = async (kind: string, spec: object): Promise<{ status: Record<string, unknown> }> => {
      const answer = await client.send(`${REVIEWS}/${kind}`, {
        method: "POST",
        headers: { authorization: "Bearer good" },
        body: { apiVersion: "authorization.k8s.io/v1", spec },
      });
      expect(answer.status).to.equal(201);
      return JSON.parse(answer.body) as { status: Record<string, unknown> };
    };
    const attributes = { verb: "watch", resource: "secrets", namespace: "shop" };
    const asks = (more: object): Promise<{ status: Record<string, unknown> }> =>
      post("selfsubjectaccessreviews", { resourceAttributes: { ...attributes, ...more } });
    expect((await asks({})).status).to.deep.equal({ allowed: false });
    expect((await asks({ name: "s1" })).status).to.deep.equal({ allowed: true });
    const rules = await post("selfsubjectrulesreviews", { namespace: "shop" });
    expect(rules.status["resourceRules"]).to.deep.equal([{ ...rule, apiGroups: [""] }]);
  });

  it("knows the holder of a client certificate by its CN, if its own CA has signed it", async () => {
    const clientCa = createCertificateAuthority("clients");
    const mutual = await startFakeApiServer({ clientCaPem: clientCa.certificatePem });
    mutual.access.setTokens({});
    mutual.access.setRules([{ users: ["admin"], verbs: ["*"], resources: ["*"] }]);
    const statusFor = async (pair: { certificatePem: string; keyPem: string }): Promise<number> => {
      const tls = { ca: mutual.caPem, cert: pair.certificatePem, key: pair.keyPem };
      const bare = createBareClient(mutual.url, tls);
      const { status } = await bare.send(SECRETS);
      bare.close();
      return status;
    };
    expect(await statusFor(clientCa.issue({ commonName: "admin" }))).to.equal(200);
    expect(await statusFor(clientCa.issue({ commonName: "web" }))).to.equal(403);
    expect(await statusFor(testAuthority().issue({ commonName: "admin" }))).to.equal(403);
    await mutual.stop();
  });

  it("takes writes over HTTP with the answers of the real server", async () => {
    const send = (method: string, path: string, body?: object): Promise<BareAnswer> =>
      client.send(path, {
        method,
        headers: { authorization: "Bearer good" },
        ...(body === undefined ? {} : { body }),
      });
    const created = await send("POST", SECRETS, {
      metadata: { name: "n", labels: { a: "b" } },
      stringData: { k: "v" },
    });
    expect(created.status).to.equal(201);
    expect(created.body).to.include('"data":{"k":"dg=="},"type":"Opaque"}');
    const again = await send("POST", SECRETS, { metadata: { name: "n" } });
    expect(again.body).to.equal(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"secrets \\"n\\" already exists","reason":"AlreadyExists","details":{"name":"n","kind":"secrets"},"code":409}\n',
    );
    await send("PATCH", `${SECRETS}/n`, { metadata: { labels: { a: null, c: "d" } } });
    expect(server.store.get("secrets", "shop", "n")?.metadata.labels).to.deep.equal({ c: "d" });
    expect(server.store.get("secrets", "shop", "n")?.data).to.deep.equal({ k: "dg==" });
    expect((await send("DELETE", `${SECRETS}/n`)).body).to.include(
      '"status":"Success","details":{"name":"n"',
    );
    expect((await send("DELETE", `${SECRETS}/n`)).status).to.equal(404);
    expect((await send("PUT", `${SECRETS}/n`, { metadata: { name: "n" } })).status).to.equal(404);
  });
});
