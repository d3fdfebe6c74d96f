import { expect } from "chai";
import { BadEndpointError } from "../../../src/client/index.ts";
import { shareConnection } from "../../../src/client/shared-connection.ts";

describe("shareConnection", () => {
  it("is one for the same podkey, until the last has let it go", () => {
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

  it("is another for another address, or with another token", () => {
    const all = [{ endpoint: "unix:/a" }, { endpoint: "unix:/b" }, { endpoint: "unix:/a", tokenFile: "/t" }];
    const connections = all.map(shareConnection);
    expect(new Set(connections.map(({ client }) => client)).size).to.equal(3);
    for (const { release } of connections) release();
  });

  it("goes where PODKEY_ENDPOINT says when nothing else is said, and takes an empty one for none", () => {
    const before = process.env["PODKEY_ENDPOINT"];
    process.env["PODKEY_ENDPOINT"] = "not an address";
    expect(() => shareConnection({})).to.throw(BadEndpointError, /"not an address" is no address/);
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
