// docs/troubleshooting.md: each failure is produced, and its sentence and exit code are those of the page.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { EXIT } from "../../src/exit-code.ts";
import { ROOT } from "../support/docs/checkout.ts";
import { FAILURES, prepareFolder } from "../support/troubleshooting/failures.ts";

const PAGE = readFileSync(join(ROOT, "docs", "troubleshooting.md"), "utf8");
const ENTRY = /^### (.+)\n\n```text\n(.+)\n```\n\nExit code (\d+)\. \*\*Cause:\*\* \S[^#]*?\*\*Fix:\*\* \S/gm;
const ENTRIES = [...PAGE.matchAll(ENTRY)].map(([, title = "", sentence = "", code = ""]) => ({
  title,
  sentence,
  code: Number(code),
}));

describe("docs/troubleshooting.md", function () {
  this.timeout(30_000);
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "podkey-troubleshooting-"));
    prepareFolder(folder);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it("has an entry for each failure, and no other", () => {
    const headings = [...PAGE.matchAll(/^### (.+)$/gm)].map(([, title]) => title);
    expect(headings).to.have.members([...FAILURES.keys()]);
    expect(ENTRIES.map(({ title }) => title)).to.deep.equal(headings);
  });

  it("has every exit code in one table", () => {
    const codes = [...PAGE.matchAll(/^\| (\d+) /gm)].map(([, code]) => Number(code));
    expect(codes).to.deep.equal(Object.values(EXIT));
  });

  for (const { title, sentence, code } of ENTRIES) {
    it(`has the sentence and the exit code: ${title}`, async () => {
      const symptom = await FAILURES.get(title)?.(folder);
      expect(symptom?.output.replaceAll('\\"', '"')).to.match(patternOf(sentence));
      expect(symptom?.code).to.equal(code);
    });
  }
});

/** `…` matches any text within a line. */
function patternOf(sentence: string): RegExp {
  const parts = sentence.split("…").map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`));
  return new RegExp(parts.join(".*"));
}
