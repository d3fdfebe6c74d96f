import { expect } from "chai";
import { credential, RpcFailure, watch } from "../../../src/client/index.ts";
import type { Credential } from "../../../src/core/credential/credential.ts";
import { credential as wanted } from "../../support/core/credentials.ts";
import { RpcLab } from "../../support/rpc/rpc-lab.ts";

describe("client: credential over a socket", () => {
  let lab: RpcLab;
  let endpoint: string;

  beforeEach(async () => {
    lab = await RpcLab.start();
    endpoint = `unix:${lab.socket}`;
  });
  afterEach(() => lab.close());

  const served = (password: string): Credential => wanted("db", { data: { password, username: "shop" } });

  it("holds the newest value over a real socket, and shares its connection", async () => {
    lab.view.sync([served("one")]);
    const db = credential("db", { endpoint, keys: ["username", "password"] });
    const other = credential("db", { endpoint });
    expect((await db.ready()).text("password")).to.equal("one");
    expect((await other.ready()).text("username")).to.equal("shop");
    expect(db.freshness().state).to.equal("FRESH");
    const changed = new Promise((resolve) => db.onChange((now) => resolve(now?.text("password"))));
    lab.view.change([served("two")]);
    expect(await changed).to.equal("two");
    expect(lab.metrics.openConnections()).to.equal(1);
    db.close();
    other.close();
  });

  it("ends its loop by the signal, without an error", async () => {
    lab.view.sync([served("one")]);
    const abort = new AbortController();
    const seen: (string | undefined)[] = [];
    for await (const now of watch("db", { endpoint, signal: abort.signal })) {
      seen.push(now?.text("password"));
      if (seen.length === 1) lab.view.change([served("two")]);
      else abort.abort();
    }
    expect(seen).to.deep.equal(["one", "two"]);
  });

  it("fails with podkey's reason from ready() and from the loop", async () => {
    lab.view.sync([served("one")]);
    lab.view.policy = { rules: [] };
    const refused = async (work: Promise<unknown>): Promise<unknown> =>
      work.catch((error: unknown) => (error instanceof RpcFailure ? error.reason : error));
    const db = credential("db", { endpoint });
    expect(await refused(db.ready())).to.equal("POLICY_DENIED");
    expect(await refused(watch("db", { endpoint }).next())).to.equal("POLICY_DENIED");
    expect(db.freshness().reason).to.equal("POLICY_DENIED");
  });
});
