import { expect } from "chai";
import { createBareClient } from "../../support/fake-api-server/bare-client.ts";
import type { BareClient } from "../../support/fake-api-server/bare-client.ts";
import { startFakeApiServer } from "../../support/fake-api-server/fake-api-server.ts";
import type { FakeApiServer } from "../../support/fake-api-server/fake-api-server.ts";

const SECRETS = "/api/v1/namespaces/shop/secrets";

interface ListBody {
  readonly kind: string;
  readonly metadata: {
    readonly resourceVersion: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly items: readonly {
    readonly kind?: string;
    readonly metadata: { readonly name: string };
    readonly data?: object;
  }[];
}

describe("FakeApiServer: list", () => {
  let server: FakeApiServer;
  let client: BareClient;

  beforeEach(async () => {
    server = await startFakeApiServer({ behaviour: { freshnessWaitMs: 1 } });
    client = createBareClient(server.url, { ca: server.caPem });
  });
  afterEach(async () => {
    client.close();
    await server.stop();
  });

  async function list(query: string, headers: Record<string, string> = {}): Promise<ListBody> {
    const answer = await client.send(`${SECRETS}?${query}`, { headers });
    expect(answer.status, answer.body).to.equal(200);
    return JSON.parse(answer.body) as ListBody;
  }
  const names = (body: ListBody): string[] => body.items.map((item) => item.metadata.name);

  it("gives an empty list as the real server writes it, byte for byte", async () => {
    const answer = await client.send(SECRETS);
    expect(answer.body).to.equal(
      '{"kind":"SecretList","apiVersion":"v1","metadata":{"resourceVersion":"1"},"items":[]}\n',
    );
    expect(answer.headers["content-type"]).to.equal("application/json");
  });

  it("gives items in key order, without kind, in the real server's field order", async () => {
    server.store.put("secrets", { namespace: "shop", name: "b", labels: { a: "b" }, stringData: { k: "v" } });
    server.store.put("secrets", { namespace: "shop", name: "a", stringData: { k: "v" } });
    server.store.put("secrets", { namespace: "other", name: "c", stringData: { k: "v" } });
    const body = await list("");
    expect(names(body)).to.deep.equal(["a", "b"]);
    const item = JSON.stringify(body.items[1])
      .replace(/"uid":"[^"]+"/, "U")
      .replace(/"creationTimestamp":"[^"]+"/, "T");
    expect(item).to.equal(
      '{"metadata":{"name":"b","namespace":"shop",U,"resourceVersion":"2",T,"labels":{"a":"b"}},"data":{"k":"dg=="},"type":"Opaque"}',
    );
  });

  it("filters by label and field selectors in full Kubernetes syntax", async () => {
    server.store.put("secrets", { namespace: "shop", name: "a", labels: { tier: "db", env: "prod" } });
    server.store.put("secrets", { namespace: "shop", name: "b", labels: { tier: "web" } });
    server.store.put("secrets", { namespace: "shop", name: "c" });
    const select = async (selector: string): Promise<string> =>
      names(await list(`labelSelector=${encodeURIComponent(selector)}`)).join("");
    expect(await select("tier=db")).to.equal("a");
    expect(await select("tier!=db")).to.equal("bc");
    expect(await select("tier in (db, web),env")).to.equal("a");
    expect(await select("tier notin (db)")).to.equal("bc");
    expect(await select("!tier")).to.equal("c");
    expect(names(await list("fieldSelector=metadata.name%3Db"))).to.deep.equal(["b"]);
    expect((await client.send(`${SECRETS}?fieldSelector=foo%3Db`)).status).to.equal(400);
    expect((await client.send(`${SECRETS}?labelSelector=a%3D%3D%3D`)).status).to.equal(400);
  });

  it("pages one state: writes between two pages do not show", async () => {
    for (const name of ["a", "b", "c"]) server.putSecret("shop", name, { k: "v" });
    const first = await list("limit=2");
    expect(names(first)).to.deep.equal(["a", "b"]);
    expect(first.metadata.remainingItemCount).to.equal(1);
    server.putSecret("shop", "d", { k: "v" });
    server.store.delete("secrets", "shop", "c");
    const second = await list(`limit=2&continue=${first.metadata.continue ?? ""}`);
    expect(names(second)).to.deep.equal(["c"]);
    expect(second.metadata).to.deep.equal({ resourceVersion: first.metadata.resourceVersion });
  });

  it("has no remainingItemCount when a selector is given, and ignores limit for any version", async () => {
    for (const name of ["a", "b"]) server.putSecret("shop", name, { k: "v" });
    expect((await list("limit=1&labelSelector=podkey.dev/serve")).metadata.remainingItemCount).to.equal(
      undefined,
    );
    expect(names(await list("limit=1&resourceVersion=0"))).to.deep.equal(["a", "b"]);
  });

  it("refuses a later page with 410 after a restart, and gives a token for an inconsistent continuation", async () => {
    for (const name of ["a", "b"]) server.putSecret("shop", name, { k: "v" });
    const first = await list("limit=1");
    server.putSecret("shop", "c", { k: "v" });
    server.store.dropHistory();
    const answer = await client.send(`${SECRETS}?limit=1&continue=${first.metadata.continue ?? ""}`);
    expect(answer.status).to.equal(410);
    const status = JSON.parse(answer.body) as { reason: string; metadata: { continue: string } };
    expect(status.reason).to.equal("Expired");
    expect(names(await list(`continue=${status.metadata.continue}`))).to.deep.equal(["b", "c"]);
  });

  it("gives metadata alone on the Accept header, with kinds on the items", async () => {
    server.putSecret("shop", "a", { k: "v" });
    const body = await list("", {
      accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
    });
    expect(body.kind).to.equal("PartialObjectMetadataList");
    expect(body.items[0]?.kind).to.equal("PartialObjectMetadata");
    expect(body.items[0]?.data).to.equal(undefined);
  });

  it("lists an exact version of the past until it is compacted away", async () => {
    server.putSecret("shop", "a", { k: "v" });
    server.putSecret("shop", "b", { k: "v" });
    expect(names(await list("resourceVersion=2&resourceVersionMatch=Exact"))).to.deep.equal(["a"]);
    server.store.compact();
    const answer = await client.send(`${SECRETS}?resourceVersion=2&resourceVersionMatch=Exact`);
    expect(answer.status).to.equal(410);
    expect(answer.body).to.include("The resourceVersion for the provided list is too old.");
  });

  it("answers a version of the future with 504, retry-after 1 and the cause", async () => {
    const answer = await client.send(`${SECRETS}?resourceVersion=99999999`);
    expect(answer.status).to.equal(504);
    expect(answer.headers["retry-after"]).to.equal("1");
    expect(answer.body).to.equal(
      '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"Timeout: Too large resource version: 99999999, current: 1","reason":"Timeout","details":{"causes":[{"reason":"ResourceVersionTooLarge","message":"Too large resource version"}],"retryAfterSeconds":1},"code":504}\n',
    );
  });

  it("shows an older state from its cache while it lags, and the truth to a consistent read", async () => {
    server.putSecret("shop", "a", { k: "v" });
    server.putSecret("shop", "b", { k: "v" });
    server.behaviour.laggingAt = 2;
    expect(names(await list("resourceVersion=0"))).to.deep.equal(["a"]);
    expect(names(await list("resourceVersion=2"))).to.deep.equal(["a"]);
    expect((await client.send(`${SECRETS}?resourceVersion=3`)).status).to.equal(504);
    expect(names(await list(""))).to.deep.equal(["a", "b"]);
  });

  it("refuses impossible parameters in the words of apimachinery", async () => {
    const bodyOf = async (query: string): Promise<string> => (await client.send(`${SECRETS}?${query}`)).body;
    expect(await bodyOf("resourceVersion=abc")).to.include(
      '"message":"invalid resource version: resourceVersion: Invalid value: \\"abc\\": strconv.ParseUint: parsing \\"abc\\": invalid syntax","reason":"BadRequest","code":400',
    );
    expect(await bodyOf("sendInitialEvents=true&resourceVersionMatch=NotOlderThan")).to.include(
      '"message":"ListOptions.meta.k8s.io \\"\\" is invalid: [resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided, sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list]"',
    );
    expect(await bodyOf("limit=abc")).to.include('strconv.ParseInt: parsing \\"abc\\": invalid syntax');
    expect(await bodyOf("continue=abc")).to.include("invalid continue token");
  });
});
