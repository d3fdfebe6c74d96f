import { expect } from "chai";
import fc from "fast-check";
import { isUndecodable } from "../../../src/core/snapshot/sync-event.ts";
import { readManifest } from "../../support/manifests/read-manifest.ts";

const CANARY = "cAnArY-51be";

const GOOD = `apiVersion: v1
kind: Secret
metadata: {name: a, labels: {l: "${CANARY}"}}
data: {b: Y0FuQXJZLTUxYmU=}
stringData:
  c: &anchor ${CANARY}
  d: *anchor
  e: {f: ${CANARY}}
  ${CANARY}: ${CANARY}
---
{"${CANARY}": ["${CANARY}", ${CANARY}], "apiVersion": "v1", "kind": "List", "items": [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "b"}}]}
`;

/** A valid file with inserted YAML syntax, which reaches more of the parser than random text. */
const damaged = fc
  .array(
    fc.record({
      at: fc.nat(GOOD.length),
      cut: fc.nat(12),
      put: fc.constantFrom(
        "",
        "\t",
        ": ",
        "- ",
        "*x",
        "&",
        "!!",
        "\n",
        "---\n",
        "{",
        "]",
        '"',
        "'",
        "|",
        "%",
        "? ",
        "<<: ",
        "\\",
        "#",
      ),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((edits) =>
    edits.reduce((text, { at, cut, put }) => text.slice(0, at) + put + text.slice(at + cut), GOOD),
  );

describe("manifests: any text in a file", () => {
  it("returns credentials or a line of the file, and never throws", () => {
    fc.assert(
      fc.property(fc.oneof(damaged, fc.string({ unit: "binary", maxLength: 300 })), (text) => {
        const file = readManifest(text);
        if (!("fault" in file)) return;
        expect(file.fault.line).to.be.within(1, text.split("\n").length);
      }),
      { numRuns: 200 },
    );
  });

  it("puts no value into a message about a damaged file", () => {
    fc.assert(
      fc.property(damaged, (text) => {
        const file = readManifest(text);
        const texts = "fault" in file ? [file.fault.why] : file.items.flatMap(({ item }) => messages(item));
        for (const message of texts) expect(message).not.to.contain(CANARY);
      }),
      { numRuns: 400 },
    );
  });
});

function messages(item: Parameters<typeof isUndecodable>[0]): readonly string[] {
  return (isUndecodable(item) ? [item.problem] : item.problems).map(({ message }) => message);
}
