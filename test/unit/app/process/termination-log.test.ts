// The termination message of the container.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { writeTerminationLog } from "../../../../src/app/process/termination-log.ts";

describe("termination log", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "podkey-termination-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("replaces and clears the message", () => {
    const file = join(folder, "log");
    writeFileSync(file, "a longer reason from before");
    writeTerminationLog(file, "podkey waits.");
    expect(readFileSync(file, "utf8")).to.equal("podkey waits.");
    writeTerminationLog(file, "");
    expect(readFileSync(file, "utf8")).to.equal("");
  });

  it("does not create the file", () => {
    writeTerminationLog(join(folder, "log"), "podkey waits.");
    expect(existsSync(join(folder, "log"))).to.equal(false);
  });

  it("truncates the message to the limit of the kubelet", () => {
    const file = join(folder, "log");
    writeFileSync(file, "");
    writeTerminationLog(file, "x".repeat(5000));
    expect(readFileSync(file, "utf8")).to.have.length(4096);
  });
});
