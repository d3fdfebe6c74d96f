import { expect } from "chai";
import { isLoopbackAuthority } from "../../../../src/rpc/listen/authority.ts";

describe("isLoopbackAuthority", () => {
  for (const authority of [
    "localhost",
    "localhost:5000",
    "127.0.0.1",
    "127.9.9.9:1",
    "[::1]",
    "[::1]:19400",
    "LOCALHOST:1",
  ])
    it(`takes ${authority}`, () => {
      expect(isLoopbackAuthority(authority)).to.equal(true);
    });

  for (const authority of [
    "",
    "evil.example",
    "localhost.evil.example",
    "127.0.0.1.evil.example:80",
    "10.0.0.1",
    "::1",
    "[::2]",
    "localhost:5000@evil",
  ])
    it(`refuses ${authority}`, () => {
      expect(isLoopbackAuthority(authority)).to.equal(false);
    });
});
