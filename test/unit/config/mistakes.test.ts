// One file of test/unit/config/mistakes for each kind of mistake. The comment in its first line is the expected error.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { loadConfig } from "../../../src/config/load/load.ts";
import { ConfigError } from "../../../src/config/load/problem-report.ts";

const FOLDER = join(import.meta.dirname, "mistakes");
const FILES = readdirSync(FOLDER).toSorted();

/** The error of a file; empty if it is valid. */
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
    it(`is rejected in one sentence with the place: ${name}`, async () => {
      const [first = ""] = readFileSync(join(FOLDER, name), "utf8").split("\n");
      expect(await reportOf(name)).to.equal(first.replace(/^# /, ""));
      expect(first).to.match(new RegExp(`^# (?:${name}:\\d+: |--)`));
    });
  }

  it("has a file for each kind of mistake", () => {
    expect(FILES.length).to.be.at.least(20);
  });
});
