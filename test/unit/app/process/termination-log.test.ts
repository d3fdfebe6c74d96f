// The file that the kubelet shows when the container ends.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { writeTerminationLog } from "../../../../src/app/process/termination-log.ts";

describe("writeTerminationLog", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "podkey-termination-"))));
  afterEach(() => rmSync(folder, { recursive: true }));

  it("replaces what stood there, and clears it", () => {
    const file = join(folder, "log");
    writeFileSync(file, "a longer reason from before");
    writeTerminationLog(file, "podkey waits.");
    expect(readFileSync(file, "utf8")).to.equal("podkey waits.");
    writeTerminationLog(file, "");
    expect(readFileSync(file, "utf8")).to.equal("");
  });

  it("makes no file where the kubelet mounted none", () => {
    writeTerminationLog(join(folder, "log"), "podkey waits.");
    expect(existsSync(join(folder, "log"))).to.equal(false);
  });

  it("writes no more than the kubelet shows", () => {
    const file = join(folder, "log");
    writeFileSync(file, "");
    writeTerminationLog(file, "x".repeat(5000));
    expect(readFileSync(file, "utf8")).to.have.length(4096);
  });
});
