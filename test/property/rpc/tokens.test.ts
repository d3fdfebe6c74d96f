/** Opaque tokens: every text has one of three outcomes, and a forged token is not accepted. */
import { expect } from "chai";
import fc from "fast-check";
import { TokenSeal } from "../../../src/rpc/request/sealed-token.ts";

const KEY = Buffer.alloc(32, 1);
const seal = new TokenSeal({ key: KEY, epoch: "epoch-a" });
const payload = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));

describe("sealed tokens", () => {
  it("opens a token that it sealed, only as the same kind", () => {
    fc.assert(
      fc.property(payload, (given) => {
        const token = seal.seal("page", given);
        expect(seal.open("page", token)).to.deep.equal({ kind: "ours", payload: given });
        expect(seal.open("resume", token)).to.deep.equal({ kind: "garbage" });
      }),
    );
  });

  it("reports a token of another process as foreign and one with a changed character as garbage", () => {
    const other = new TokenSeal({ key: Buffer.alloc(32, 2), epoch: "epoch-b" });
    fc.assert(
      fc.property(payload, fc.nat(), fc.constantFrom("A", "z", "-", "=", "é"), (given, at, by) => {
        const token = seal.seal("resume", given);
        expect(other.open("resume", token).kind).to.equal("foreign");
        const place = at % token.length;
        const changed = `${token.slice(0, place)}${by}${token.slice(place + 1)}`;
        if (changed !== token) expect(seal.open("resume", changed).kind).to.equal("garbage");
      }),
    );
  });

  it("never accepts any other text", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.string({ minLength: 5000 })), (text) => {
        expect(seal.open("page", text).kind).to.equal("garbage");
      }),
    );
  });

  it("does not accept a token that another key sealed for the same epoch", () => {
    const forger = new TokenSeal({ key: Buffer.alloc(32, 3), epoch: "epoch-a" });
    expect(seal.open("page", forger.seal("page", Buffer.from("x")))).to.deep.equal({ kind: "garbage" });
  });
});
