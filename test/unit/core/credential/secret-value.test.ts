import { inspect } from "node:util";
import { expect } from "chai";
import { SecretValue } from "../../../../src/core/credential/secret-value.ts";

describe("SecretValue", () => {
  const canary = "correct-horse";
  const value = new SecretValue(Buffer.from(canary));

  // Just what lint advises against is what must be safe.
  /* eslint-disable @typescript-eslint/no-unnecessary-template-expression, @typescript-eslint/no-unnecessary-type-conversion, @typescript-eslint/no-misused-spread */
  const prints: Readonly<Record<string, () => string>> = {
    "String()": () => String(value),
    "a template": () => `${value as unknown as string}`,
    concatenation: () => "" + (value as unknown as string),
    "JSON.stringify": () => JSON.stringify({ deep: { value } }),
    "util.inspect": () => inspect({ deep: { value } }, { depth: 9, showHidden: true }),
    "an Error's message": () => new Error(String(value)).message,
    "Object.entries": () => JSON.stringify(Object.entries(value)),
    "a spread": () => JSON.stringify({ ...value }),
  };
  /* eslint-enable @typescript-eslint/no-unnecessary-template-expression, @typescript-eslint/no-unnecessary-type-conversion, @typescript-eslint/no-misused-spread */
  for (const [way, print] of Object.entries(prints))
    it(`never shows its bytes in ${way}`, () => {
      expect(print()).not.to.contain(canary);
      expect(print()).not.to.contain(Buffer.from(canary).toString("base64"));
    });

  it("gives the bytes to who asks for them by name", () => {
    expect(Buffer.from(value.reveal()).toString()).to.equal(canary);
  });

  it("is equal by content", () => {
    expect(value.equals(new SecretValue(Buffer.from(canary)))).to.equal(true);
    expect(value.equals(new SecretValue(Buffer.from("correct-horsf")))).to.equal(false);
    expect(value.equals(new SecretValue(Buffer.from("correct")))).to.equal(false);
  });
});
