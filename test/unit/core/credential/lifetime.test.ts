import { expect } from "chai";
import {
  lifetimeAnnotation,
  nextRotationMs,
  previousForMs,
} from "../../../../src/core/credential/lifetime.ts";
import { credential } from "../../../support/core/credentials.ts";

const SECOND = { lifetimePrefix: "example.io/" };

describe("lifetimeAnnotation", () => {
  it("prefers podkey's own prefix to the operator's", () => {
    const both = { "podkey.dev/expires-at": "own", "example.io/expires-at": "other" };
    expect(lifetimeAnnotation(both, "expires-at", SECOND)).to.equal("own");
    expect(lifetimeAnnotation({ "example.io/expires-at": "other" }, "expires-at", SECOND)).to.equal("other");
    expect(lifetimeAnnotation({ "example.io/expires-at": "other" }, "expires-at", {})).to.equal(undefined);
  });
});

describe("previousForMs", () => {
  const lifetimes = { previousForMs: 3_600_000, previousMaxMs: 7_200_000 };
  const read = (annotations: Readonly<Record<string, string>>, more = {}): number =>
    previousForMs(credential("db", { annotations }), { ...lifetimes, ...more });

  it("is the option without an annotation, and with one that is not a duration", () => {
    expect(read({})).to.equal(3_600_000);
    expect(read({ "podkey.dev/previous-for": "soon" })).to.equal(3_600_000);
  });

  it("follows the annotation, up to --previous-max", () => {
    expect(read({ "podkey.dev/previous-for": "90s" })).to.equal(90_000);
    expect(read({ "podkey.dev/previous-for": "0" })).to.equal(0);
    expect(read({ "podkey.dev/previous-for": "30d" })).to.equal(7_200_000);
    expect(read({}, { previousMaxMs: 1000 })).to.equal(1000);
  });

  it("turns the overlap on for one credential where it is off for all", () => {
    expect(read({ "podkey.dev/previous-for": "5m" }, { previousForMs: 0 })).to.equal(300_000);
  });

  it("knows the operator's own prefix", () => {
    expect(read({ "example.io/previous-for": "0" }, SECOND)).to.equal(0);
    expect(read({ "example.io/previous-for": "0" })).to.equal(3_600_000);
  });
});

describe("nextRotationMs", () => {
  it("reads the annotation under either prefix, and nothing that is not a time", () => {
    const at = "2027-01-31T12:00:00Z";
    expect(nextRotationMs(credential("a", { annotations: { "podkey.dev/next-rotation": at } }), {})).to.equal(
      Date.parse(at),
    );
    const second = credential("a", { annotations: { "example.io/next-rotation": at } });
    expect(nextRotationMs(second, SECOND)).to.equal(Date.parse(at));
    expect(nextRotationMs(second, {})).to.equal(undefined);
    const odd = credential("a", { annotations: { "podkey.dev/next-rotation": "2027" } });
    expect(nextRotationMs(odd, {})).to.equal(undefined);
  });
});
