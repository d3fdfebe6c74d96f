/**
 * podkey reads a manifest as kubectl and the API server do: it serves what they would create, and serves nothing where they
 * refuse. Every exception is a row of the table in docs/manifests.md.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { isUndecodable } from "../../../../src/core/snapshot/sync-event.ts";
import type { AnsweredSecret, KubectlAnswer } from "../../../support/manifests/kubectl-answers.ts";
import { recordedAnswers, recordedText } from "../../../support/manifests/kubectl-answers.ts";
import { MANIFEST_CASES } from "../../../support/manifests/manifest-cases.ts";
import { readManifest } from "../../../support/manifests/read-manifest.ts";

/** The first cell of a row of docs/manifests.md, what podkey does, and the cases in which kubectl does something else. */
const DIFFERENCES: readonly (readonly [
  row: string,
  podkey: "serves" | "refuses" | "ignores",
  cases: readonly string[],
])[] = [
  [
    "A key twice in one YAML mapping",
    "refuses",
    ["key twice in data", "field data twice", "equal keys yes and true"],
  ],
  ["`metadata.generateName` without a name", "refuses", ["generateName"]],
  ["Base64 with unused bits that are not zero", "refuses", ["base64 with unused bits set"]],
  ["Bytes that are not UTF-8", "refuses", ["invalid UTF-8"]],
  ["A closing bracket that is not indented", "refuses", ["flow mapping on several lines"]],
  ["One bad document", "refuses", ["alias to an anchor of another document", "second document malformed"]],
  ["`\\/` in a double-quoted string", "serves", ["escaped slash"]],
  ["A second document after `...`", "serves", ["document after an end marker"]],
  [
    "Content that its type requires",
    "serves",
    [
      "TLS without a key",
      "dockerconfigjson that is not JSON",
      "dockercfg without its key",
      "basic-auth without user and password",
      "ssh-auth with an empty key",
      "service-account token without an account",
    ],
  ],
  ["Values of more than 1 MiB", "serves", ["values of 1 MiB and a byte"]],
  ["A document without `kind`", "ignores", ["no kind", "List of items without kind"]],
  [
    "Another kind that is not valid",
    "ignores",
    ["apiVersion of another group", "nested aliases that would expand to 10^9 items"],
  ],
];

const differing = new Set(DIFFERENCES.flatMap(([, , cases]) => cases));

/** podkey's answer in the form of kubectl's; `error` if anything in the file is refused. */
function answerOf(content: string | Uint8Array): KubectlAnswer {
  const read = readManifest(content);
  if ("fault" in read) return { secrets: {}, error: `line ${String(read.fault.line)}: ${read.fault.why}` };
  const secrets: Record<string, AnsweredSecret> = {};
  let error: string | undefined;
  for (const { item } of read.items) {
    if (isUndecodable(item)) {
      error ??= item.problem.message;
      continue;
    }
    const { type, immutable, labels, annotations } = item;
    const data = [...item.data].map(([key, value]) => {
      const base64 = Buffer.from(value.reveal()).toString("base64");
      return [key, recordedText(base64)] as const;
    });
    secrets[`${item.namespace}/${item.name}`] = {
      type,
      immutable,
      labels,
      annotations: Object.fromEntries(
        Object.entries(annotations).map(([name, text]) => [name, recordedText(text)]),
      ),
      data: Object.fromEntries(data),
    };
  }
  return error === undefined ? { secrets } : { secrets, error };
}

/** An error of kubectl and not of podkey, which reads a folder. */
const NO_OBJECTS = "error: no objects passed to create";

describe("manifests: as kubectl", () => {
  const recorded = recordedAnswers();

  for (const [title, content] of Object.entries(MANIFEST_CASES))
    if (!differing.has(title))
      it(`reads ${title}`, () => {
        const { secrets, error } = recorded[title] ?? { secrets: {}, error: "not recorded" };
        const answer = answerOf(content);
        if (error === undefined) expect(answer).to.deep.equal({ secrets });
        else expect(answer.secrets).to.deep.equal({});
        if (error !== undefined && error !== NO_OBJECTS) expect(answer).to.have.property("error");
      });

  const page = readFileSync(join(import.meta.dirname, "../../../../docs/manifests.md"), "utf8");
  for (const [row, podkey, titles] of DIFFERENCES) {
    it(`documents a difference: ${row}`, () => {
      expect(page).to.contain(`\n| ${row} `);
    });
    for (const title of titles)
      it(`${podkey} ${title}, which kubectl does not`, () => {
        const { secrets, error } = answerOf(MANIFEST_CASES[title] ?? "");
        const count = Object.keys(secrets).length;
        expect(error === undefined ? (count > 0 ? "serves" : "ignores") : "refuses").to.equal(podkey);
        const kubectl = recorded[title] ?? { secrets: {} };
        if (podkey === "refuses") expect(kubectl.secrets).not.to.deep.equal({});
        else expect({ secrets, error }).not.to.deep.equal({ error: undefined, ...kubectl });
      });
  }

  it("has a recorded answer for every case, and no other", () => {
    expect(Object.keys(recorded)).to.deep.equal(Object.keys(MANIFEST_CASES));
    for (const title of differing) expect(MANIFEST_CASES).to.have.property(title);
  });
});
