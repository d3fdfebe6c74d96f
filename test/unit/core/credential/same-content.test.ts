import { expect } from "chai";
import type { Credential } from "../../../../src/core/credential/credential.ts";
import { sameContent, sameRead } from "../../../../src/core/credential/same-content.ts";
import { SecretValue } from "../../../../src/core/credential/secret-value.ts";
import { credential } from "../../../support/core/credentials.ts";
import { compileErrors } from "../../../support/planted-source.ts";

const PROBLEM = { reason: "BAD_BASE64", key: "k", keys: ["k"], message: "m", contentOutdated: false };
const PART = { of: "whole", index: 0, count: 2, sha256: "0" };
const BASE = credential("db", { problems: [PROBLEM], part: PART, expiry: { atMs: 1, keys: [] } });

/** A change of one field: the new value, whether the content is the same, whether the source read the same. */
const CHANGES: readonly (readonly [Partial<Credential>, boolean, boolean])[] = [
  [{}, true, true],
  [{ resourceVersion: "2" }, true, true],
  [{ createTimeMs: 2 }, true, false],
  [{ expiry: { atMs: 2, keys: [] } }, true, false],
  [{ expiry: undefined }, true, false],
  [{ part: undefined }, true, false],
  [{ part: { ...PART, of: "other" } }, true, false],
  [{ part: { ...PART, index: 1 } }, true, false],
  [{ part: { ...PART, count: 3 } }, true, false],
  [{ part: { ...PART, sha256: "1" } }, true, false],
  [{ uid: "other" }, false, false],
  [{ type: "other" }, false, false],
  [{ immutable: true }, false, false],
  [{ data: new Map() }, false, false],
  [{ data: new Map([["password", new SecretValue(Buffer.from("new"))]]) }, false, false],
  [{ data: new Map([["password", new SecretValue(Buffer.from("old"))]]) }, true, true],
  [{ labels: { a: "1" } }, false, false],
  [{ annotations: { a: "1" } }, false, false],
  [{ problems: [] }, false, false],
  [{ problems: [{ ...PROBLEM, reason: "other" }] }, false, false],
  [{ problems: [{ ...PROBLEM, key: "other" }] }, false, false],
  [{ problems: [{ ...PROBLEM, message: "other" }] }, false, false],
  [{ problems: [{ ...PROBLEM, contentOutdated: true }] }, false, false],
];

describe("same-content", () => {
  for (const [change, content, read] of CHANGES)
    it(`compares ${JSON.stringify(change)}`, () => {
      const changed = { ...BASE, ...change };
      expect([sameContent(BASE, changed), sameRead(BASE, changed)]).to.deep.equal([content, read]);
    });
});

const CORE = "src/core/credential/same-content.ts";
const CREDENTIAL = "src/core/credential/credential.ts";

/** A file that compares content, and the interface whose new field it must not miss. */
const COMPARISONS = [
  [CORE, CREDENTIAL, "export interface Credential {"],
  [CORE, CREDENTIAL, "export interface Part {"],
  [CORE, "src/core/credential/problem.ts", "export interface Problem {"],
  [
    "src/client/watch-fold.ts",
    "src/client/generated/podkey/v1/Credential.ts",
    "export interface Credential__Output {",
  ],
] as const;

describe("comparisons of content", function () {
  // The compiler reads its own library first.
  this.timeout(30_000);

  for (const [file, of, find] of COMPARISONS)
    it(`${file} does not compile with a new field of ${find.split(" ")[2] ?? ""}`, () => {
      // Optional, because a required field breaks other code too.
      const errors = compileErrors(file, [{ file: of, find, replace: `${find}\n  planted?: string;` }]);
      expect(errors.join("; ")).to.match(/does not satisfy the expected type/);
    });

  it("does not compile with a field that is declared to be beside the content, but is compared nowhere", () => {
    const planted = { file: CREDENTIAL, find: "export interface Credential {" };
    const beside = { file: CORE, find: 'type BesideContent = "createTimeMs"' };
    const errors = compileErrors(CORE, [
      { ...planted, replace: `${planted.find}\n  planted: string;` },
      { ...beside, replace: 'type BesideContent = "planted" | "createTimeMs"' },
    ]);
    expect(errors.join("; ")).to.match(/does not satisfy the expected type/);
  });
});
