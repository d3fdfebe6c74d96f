/** SDS on a real socket with a client made from Envoy's definitions: subscribe, rotate, acknowledge, refuse, fetch. */
import { status as Status } from "@grpc/grpc-js";
import { expect } from "chai";
import { credential } from "../../support/core/credentials.ts";
import type { CredentialFields } from "../../support/core/credentials.ts";
import { RpcLab } from "../../support/rpc/rpc-lab.ts";
import { SdsClient } from "../../support/rpc/sds-client.ts";
import type { SdsResponse, SdsStream } from "../../support/rpc/sds-client.ts";
import { errorFacts } from "../../support/rpc/status-details.ts";

function tls(name: string, serial: string, more: CredentialFields = {}): ReturnType<typeof credential> {
  const data = { "tls.crt": `chain ${serial}`, "tls.key": `key ${serial}`, "ca.crt": `ca ${serial}` };
  return credential(name, { type: "kubernetes.io/tls", data, ...more });
}

describe("envoy.service.secret.v3.SecretDiscoveryService", () => {
  let lab: RpcLab;
  let client: SdsClient;
  let stream: SdsStream;

  beforeEach(async () => {
    lab = await RpcLab.start();
    client = new SdsClient(`unix:${lab.socket}`);
    stream = client.stream();
  });
  afterEach(async () => {
    stream.call.cancel();
    client.close();
    await lab.close();
  });

  function subscribe(...resourceNames: readonly string[]): void {
    stream.send({ resourceNames, node: { id: "proxy~1" } });
  }
  function acknowledge({ version, nonce }: SdsResponse, ...resourceNames: readonly string[]): void {
    stream.send({ versionInfo: version, responseNonce: nonce, resourceNames });
  }

  /** Fetches until the server has handled the requests before. */
  async function handled(line: string, times = 1): Promise<void> {
    const count = (): number => lab.metrics.lines.filter((one) => one === line).length;
    while (count() < times) await client.fetch({ resourceNames: ["web"] });
  }

  it("sends certificate and private key, and the authorities of a named key", async () => {
    lab.view.sync([tls("web", "1")]);
    subscribe("web", "shop/web:ca.crt");
    const { secrets, version, typeUrl } = await stream.next();
    expect(secrets).to.deep.equal([
      { name: "web", chain: "chain 1", key: "key 1" },
      { name: "shop/web:ca.crt", trusted: "ca 1" },
    ]);
    expect(version).to.equal("epoch-of-web.1");
    expect(typeUrl).to.equal("type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret");
  });

  it("sends a rotation at once, and nothing for other changes", async () => {
    lab.view.sync([tls("web", "1"), credential("db")]);
    subscribe("web");
    acknowledge(await stream.next(), "web");
    lab.view.change([credential("db", { data: { password: "new" } })]);
    lab.view.change([tls("web", "1", { labels: { edited: "yes" } })]);
    lab.view.change([tls("web", "2")]);
    const { secrets, version } = await stream.next();
    expect([secrets[0]?.chain, version]).to.deep.equal(["chain 2", "epoch-of-web.4"]);
  });

  it("waits for a missing credential, before and after the first sync, and does not report a removal", async () => {
    subscribe("web");
    lab.view.sync([]);
    lab.view.change([tls("web", "1")]);
    acknowledge(await stream.next(), "web");
    lab.view.change([], ["web"]);
    lab.view.change([tls("web", "3")]);
    expect((await stream.next()).secrets[0]?.chain).to.equal("chain 3");
  });

  it("counts the state of each stream: acknowledged, refused, and behind again after the next change", async () => {
    lab.view.sync([tls("web", "1")]);
    subscribe("web");
    acknowledge(await stream.next(), "web");
    await handled("sds acknowledged");
    lab.view.change([tls("web", "2")]);
    const second = await stream.next();
    stream.send({
      responseNonce: second.nonce,
      versionInfo: "epoch-of-web.1",
      resourceNames: ["web"],
      errorDetail: { code: Status.INTERNAL, message: "key 2 does not fit" },
    });
    await handled("sds refused", 2);
    lab.view.change([tls("web", "3")]);
    acknowledge(await stream.next(), "web");
    stream.call.end();
    await stream.ended();
    const states = lab.metrics.lines.filter((line) => line.startsWith("sds "));
    expect(states).to.deep.equal([
      "sds waiting",
      ...["sds behind", "sds current", "sds acknowledged"],
      ...["sds behind", "sds refused", "sds refused"],
      ...["sds behind", "sds current", "sds acknowledged"],
      "sds closed",
    ]);
    const refusal = lab.logged.find(({ event }) => event === "rpc_sds_refused");
    expect(refusal?.fields).to.include({
      consumer: "web",
      node: "proxy~1",
      version: "epoch-of-web.2",
      code: Status.INTERNAL,
    });
    expect(JSON.stringify(lab.logged)).to.not.contain("does not fit");
  });

  it("answers a change of the names with all existing resources, and ignores an old nonce", async () => {
    lab.view.sync([tls("web", "1"), tls("api", "1")]);
    subscribe("web");
    const first = await stream.next();
    acknowledge(first, "web", "api");
    expect((await stream.next()).secrets.map(({ name }) => name)).to.deep.equal(["web", "api"]);
    acknowledge(first, "web");
    lab.view.change([tls("api", "2")]);
    expect((await stream.next()).secrets.map(({ name }) => name)).to.deep.equal(["web", "api"]);
  });

  it("ends a stream or a fetch with POLICY_DENIED for a name that no rule allows", async () => {
    lab.view.policy = { rules: [{ names: ["web"] }] };
    lab.view.sync([tls("web", "1")]);
    subscribe("other");
    expect(errorFacts(await stream.ended())).to.include({
      code: "PERMISSION_DENIED",
      reason: "POLICY_DENIED",
    });
    const denied = await client.fetch({ resourceNames: ["other"] }).catch((error: unknown) => error);
    expect(denied).to.have.property("code", Status.PERMISSION_DENIED);
  });

  it("refuses another type of resource", async () => {
    stream.send({ typeUrl: "type.googleapis.com/envoy.config.cluster.v3.Cluster" });
    expect(errorFacts(await stream.ended())).to.include({ code: "INVALID_ARGUMENT", reason: "BAD_NAME" });
  });

  it("fetches once, or fails with NOT_FOUND", async () => {
    lab.view.sync([tls("web", "1"), credential("db")]);
    expect((await client.fetch({ resourceNames: ["web"] })).secrets).to.deep.equal([
      { name: "web", chain: "chain 1", key: "key 1" },
    ]);
    for (const name of ["none", "db", "web:other.crt"]) {
      const missing = await client.fetch({ resourceNames: [name] }).catch((error: unknown) => error);
      expect(missing, name).to.have.property("code", Status.NOT_FOUND);
    }
  });

  it("refuses to fetch more than 3.5 MiB, and fetches a name once that is asked for many times", async () => {
    const large = (name: string): ReturnType<typeof credential> =>
      credential(name, { data: { "tls.crt": "x".repeat(1024 * 1024), "tls.key": "key" } });
    lab.view.sync(["a", "b", "c", "d"].map(large));
    const refused = await client
      .fetch({ resourceNames: ["a", "b", "c", "d"] })
      .catch((error: unknown) => error);
    expect(errorFacts(refused)).to.include({ code: "RESOURCE_EXHAUSTED", reason: "TOO_LARGE_ANSWER" });
    const { secrets } = await client.fetch({ resourceNames: ["a", "a", "a", "a", "b"] });
    expect(secrets.map(({ name }) => name)).to.deep.equal(["a", "b"]);
  });

  it("counts as a stream of the consumer, and ends with SHUTTING_DOWN", async () => {
    lab.view.sync([tls("web", "1")]);
    subscribe("web");
    await stream.next();
    expect(lab.metrics.openStreams()).to.equal(1);
    const stopped = lab.server.stop(100);
    expect(errorFacts(await stream.ended())).to.include({ reason: "SHUTTING_DOWN" });
    await stopped;
    expect(lab.metrics.openStreams()).to.equal(0);
  });
});
