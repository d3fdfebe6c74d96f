import { expect } from "chai";
import {
  isDataKey,
  isNamespaceName,
  isSecretName,
} from "../../../../src/core/credential/kubernetes-names.ts";

/** A text, and whether it is a valid namespace, Secret name and key. */
const TEXTS: readonly (readonly [string, boolean, boolean, boolean])[] = [
  ["a", true, true, true],
  ["a-b", true, true, true],
  ["a.b", false, true, true],
  ["1a", true, true, true],
  ["-a", false, false, true],
  ["a-", false, false, true],
  ["a..b", false, false, true],
  ["A_b", false, false, true],
  ["", false, false, false],
  [".", false, false, false],
  ["..", false, false, false],
  ["..data", false, false, false],
  [".dockerconfigjson", false, false, true],
  ["a b", false, false, false],
  ["ä", false, false, false],
  ["a\n", false, false, false],
  ["x".repeat(63), true, true, true],
  ["x".repeat(64), false, true, true],
  ["x".repeat(253), false, true, true],
  ["x".repeat(254), false, false, false],
];

describe("kubernetes-names", () => {
  for (const [text, namespace, secret, key] of TEXTS)
    it(`accepts or refuses ${JSON.stringify(text.length > 20 ? `${text.slice(0, 2)}… (${String(text.length)})` : text)}`, () => {
      expect([isNamespaceName(text), isSecretName(text), isDataKey(text)]).to.deep.equal([
        namespace,
        secret,
        key,
      ]);
    });
});
