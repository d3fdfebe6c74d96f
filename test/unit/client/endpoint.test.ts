import { resolve } from "node:path";
import { expect } from "chai";
import { BadEndpointError, parseEndpoint } from "../../../src/client/endpoint.ts";

describe("client: endpoint", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["unix:///run/podkey/podkey.sock", "unix:/run/podkey/podkey.sock"],
    ["unix:/run/x.sock", "unix:/run/x.sock"],
    ["/run/x.sock", "unix:/run/x.sock"],
    ["unix:./x.sock", `unix:${resolve("x.sock")}`],
    ["./x.sock", `unix:${resolve("x.sock")}`],
    ["127.0.0.1:4000", "127.0.0.1:4000"],
    ["tcp:127.0.0.1:4000", "127.0.0.1:4000"],
    ["tcp:[::1]:4000", "[::1]:4000"],
    ["localhost:65535", "localhost:65535"],
  ];
  for (const [address, target] of cases) {
    it(`parses ${address}`, () => {
      expect(parseEndpoint(address).target).to.equal(target);
    });
  }

  for (const address of [
    "",
    "foo",
    "unix:",
    "127.0.0.1",
    "127.0.0.1:0",
    "127.0.0.1:65536",
    "http://x:1",
    "a b:1",
  ]) {
    it(`rejects ${JSON.stringify(address)} with examples of valid addresses`, () => {
      expect(() => parseEndpoint(address)).to.throw(BadEndpointError, /write unix:\/\//);
    });
  }

  it("rejects a path that is too long for the kernel, with both lengths", () => {
    const path = `/${"x".repeat(107)}`;
    expect(() => parseEndpoint(`unix:${path}`)).to.throw(BadEndpointError, /108 bytes.*107/);
    expect(parseEndpoint(`unix:${path.slice(0, -1)}`).target).to.have.length(112);
  });
});
