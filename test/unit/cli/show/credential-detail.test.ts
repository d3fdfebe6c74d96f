import { expect } from "chai";
import { credentialDetail } from "../../../../src/cli/show/credential-detail.ts";
import { plain } from "../../../../src/cli/output/paint.ts";
import type { Credential } from "../../../../src/client/index.ts";
import { wireCredential, wireFreshness, wireTime } from "../../../support/client/wire.ts";

const NOW_MS = Date.UTC(2026, 0, 10);

function detail(fields: Partial<Credential>, showValues = false): string {
  const credential = wireCredential("db-main", fields);
  const answer = { credential, revision: { epoch: "e", number: "7" }, freshness: wireFreshness() };
  return credentialDetail(credential, answer, { showValues, nowMs: NOW_MS, paint: plain });
}

describe("get: table", () => {
  it("prints the fields that are set and omits the others", () => {
    expect(
      detail({ labels: { b: "2", a: "1" }, observeTime: wireTime(NOW_MS - 60_000) }).split("\n"),
    ).to.deep.equal([
      "Name:       db-main",
      "Namespace:  shop",
      "Type:       Opaque",
      "Labels:     a=1",
      "            b=2",
      "Revision:   1 (for 60s)",
      "State:      fresh, as of 2s ago",
      "",
      "KEY        SIZE",
      "password   6 B",
    ]);
  });

  it("prints a printable value only with --show-values", () => {
    expect(detail({}, true)).to.match(/password +6 B +canary$/);
    expect(detail({})).not.to.contain("canary");
  });

  const disguised: readonly (readonly [string, Buffer])[] = [
    ["an escape sequence", Buffer.from("\u001b[2Jgone")],
    ["a line break", Buffer.from("a\nb")],
    ["binary", Buffer.from([0xff, 0xfe, 0x00])],
    ["a character that reverses the text", Buffer.from("a\u202eb")],
  ];
  for (const [what, value] of disguised) {
    it(`prints ${what} in base64, so that it has no effect on the terminal`, () => {
      expect(detail({ data: { password: value } }, true)).to.contain(`base64:${value.toString("base64")}`);
    });
  }

  it("prints until when the previous data can be read, and marks an expired credential", () => {
    const text = detail({ previousUntil: wireTime(NOW_MS + 60_000), expireTime: wireTime(NOW_MS - 60_000) });
    expect(text).to.contain("Previous:   readable with --previous until 2026-01-10T00:01:00Z");
    expect(text).to.contain("Expires:    2026-01-09T23:59:00Z (60s ago) !");
  });

  it("prints no control character of a type, a label or an annotation", () => {
    const evil = "\u001b]0;title\u0007\u202e";
    const text = detail({ type: evil, labels: { a: evil }, annotations: { b: evil } });
    expect(text.match(/\\u001b\]0;title\\u0007\\u202e/g)).to.have.length(3);
    expect(text.replaceAll("\n", "")).not.to.match(/[\p{Cc}\p{Cf}]/u);
  });

  it("prints why the data is stale", () => {
    const credential = wireCredential("a");
    const freshness = wireFreshness({ state: "STATE_STALE", reason: "UNREACHABLE", age: wireTime(240_000) });
    const answer = { credential, revision: null, freshness };
    expect(
      credentialDetail(credential, answer, { showValues: false, nowMs: NOW_MS, paint: plain }),
    ).to.contain("STALE, as of 4m ago: the API server cannot be reached (UNREACHABLE)");
  });
});
