import { expect } from "chai";
import { BadEndpointError } from "../../../src/client/index.ts";
import { shareConnection } from "../../../src/client/shared-connection.ts";

describe("client: shared connection", () => {
  it("is shared for the same podkey, until the last user has released it", () => {
    const [first, second] = [
      shareConnection({ endpoint: "unix:/a" }),
      shareConnection({ endpoint: "unix:/a" }),
    ];
    expect(second.client).to.equal(first.client);
    first.release();
    first.release();
    const third = shareConnection({ endpoint: "unix:/a" });
    expect(third.client).to.equal(second.client);
    second.release();
    third.release();
    const later = shareConnection({ endpoint: "unix:/a" });
    expect(later.client).not.to.equal(first.client);
    later.release();
  });

  it("is separate for another address or another token", () => {
    const all = [{ endpoint: "unix:/a" }, { endpoint: "unix:/b" }, { endpoint: "unix:/a", tokenFile: "/t" }];
    const connections = all.map(shareConnection);
    expect(new Set(connections.map(({ client }) => client)).size).to.equal(3);
    for (const { release } of connections) release();
  });

  it("uses PODKEY_ENDPOINT by default, and ignores an empty one", () => {
    const before = process.env["PODKEY_ENDPOINT"];
    process.env["PODKEY_ENDPOINT"] = "not an address";
    expect(() => shareConnection({})).to.throw(BadEndpointError, /"not an address" is not a valid address/);
    process.env["PODKEY_ENDPOINT"] = "";
    const [named, byDefault] = [
      shareConnection({ endpoint: "unix:///run/podkey/podkey.sock" }),
      shareConnection({}),
    ];
    expect(byDefault.client).to.equal(named.client);
    for (const { release } of [named, byDefault]) release();
    if (before === undefined) delete process.env["PODKEY_ENDPOINT"];
    else process.env["PODKEY_ENDPOINT"] = before;
  });
});
