import { expect } from "chai";
import type { LabelledSecret } from "../../../../src/app/check/near-misses.ts";
import { nearRequired } from "../../../../src/app/check/required-near-misses.ts";
import { requirementCodec } from "../../../../src/config/value/names.ts";
import { applyEvent } from "../../../../src/core/snapshot/apply-event.ts";
import { parseSelector } from "../../../../src/core/select/selector.ts";
import type { Snapshot } from "../../../../src/core/snapshot/snapshot.ts";
import { EMPTY_SNAPSHOT } from "../../../../src/core/snapshot/snapshot.ts";
import { credential, reset, undecodable } from "../../../support/core/credentials.ts";

const SNAPSHOT = reset([
  credential("db-main"),
  credential("web", { type: "kubernetes.io/tls" }),
  credential("pay", { namespace: "other" }),
  undecodable("bad", "1"),
]).reduce<Snapshot>(
  (snapshot, event) => applyEvent(snapshot, event, { maxCredentials: 10, maxBytes: 1e6 }).snapshot,
  EMPTY_SNAPSHOT,
);
const ALL: readonly LabelledSecret[] = [
  { namespace: "shop", name: "cache", labels: { "podkey.dev/serve": "yes" } },
  { namespace: "shop", name: "plain", labels: {} },
];

function near(text: string): string | undefined {
  const parsed = requirementCodec.parse(text);
  if (!("value" in parsed)) throw new Error(text);
  const selector = parseSelector("podkey.dev/serve=true");
  return nearRequired(parsed.value, { snapshot: SNAPSHOT, all: ALL, selector });
}

describe("check: near misses of --require", () => {
  const rows: readonly [string, string | undefined][] = [
    ["bad", "bad: shop/bad exists but cannot be served (BAD_BASE64)"],
    ["shop/ba*", "shop/ba*: shop/bad exists but cannot be served (BAD_BASE64)"],
    ["cache", 'cache: nearly matches: shop/cache (podkey.dev/serve is "yes" there)'],
    ["plain", "plain: shop/plain exists, but its labels do not match the selector"],
    ["shop/pay", "shop/pay: other/pay is in another namespace"],
    ["db-mian", "db-mian: did you mean db-main?"],
    ["cahce", "cahce: did you mean cache?"],
    ["something-else", undefined],
    ["type:tls", "type:tls: did you mean type:kubernetes.io/tls?"],
    ["type:kubernetes.io/tsl", "type:kubernetes.io/tsl: did you mean type:kubernetes.io/tls?"],
    ["type:example.io/own", undefined],
  ];
  for (const [text, expected] of rows)
    it(`reports ${expected ?? "nothing"} for ${text}`, () => {
      expect(near(text)).to.equal(expected);
    });
});
