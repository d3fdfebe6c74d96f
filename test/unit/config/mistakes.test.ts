// Every mistake that a file can hold, one entry of `mistakes/` each; the comment in its first line is the report.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { loadConfig } from "../../../src/config/load/load.ts";
import { ConfigError } from "../../../src/config/load/problem-report.ts";

const FOLDER = join(import.meta.dirname, "mistakes");
const FILES = readdirSync(FOLDER).toSorted();

/** The report on a file; empty: it is taken. */
async function reportOf(name: string): Promise<string> {
  const text = readFileSync(join(FOLDER, name), "utf8");
  try {
    await loadConfig({
      flags: { origin: "flag", settings: new Map([["config", { texts: [name], where: "--config" }]]) },
      flagProblems: [],
      env: { POD_NAMESPACE: "shop" },
      readText: () => Promise.resolve(text),
      onTerminal: false,
    });
    return "";
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

describe("a configuration file with one mistake", () => {
  for (const name of FILES) {
    it(`is refused in one sentence that names the place: ${name}`, async () => {
      const [first = ""] = readFileSync(join(FOLDER, name), "utf8").split("\n");
      expect(await reportOf(name)).to.equal(first.replace(/^# /, ""));
      expect(first).to.match(new RegExp(`^# (?:${name}:\\d+: |--)`));
    });
  }

  it("has an entry for each kind of mistake", () => {
    expect(FILES.length).to.be.at.least(20);
  });
});
