// The format of a log line.
import { expect } from "chai";
import { SecretValue } from "../../../src/core/credential/secret-value.ts";
import { logTo } from "../../../src/log/logger.ts";
import { safeError, stackFrames } from "../../../src/log/safe-error.ts";

function written(level: "trace" | "error", write: (log: ReturnType<typeof logTo>) => void): string[] {
  const lines: string[] = [];
  write(logTo({ write: (line) => void lines.push(line) }, level));
  return lines;
}

describe("log: lines", () => {
  it("writes one JSON object with level, ISO time, event, message and fields", () => {
    const [line = "{}"] = written("trace", (log) => log("app_ready", { credentials: 3 }));
    const parsed = JSON.parse(line) as Record<string, unknown>;
    expect(parsed).to.include({ level: "info", event: "app_ready", msg: "podkey is ready", credentials: 3 });
    expect(parsed["time"]).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it("writes nothing below its level", () => {
    expect(written("error", (log) => log("app_ready"))).to.deep.equal([]);
  });

  it("prints a SecretValue as redacted", () => {
    const value = new SecretValue(Buffer.from("hunter2"));
    const [line = ""] = written("trace", (log) => log("app_ready", { oops: value as unknown as string }));
    expect(line).to.contain("[redacted]");
    expect(line).to.not.contain("hunter2");
  });
});

describe("log: errors", () => {
  it("drops messages that podkey did not write", () => {
    const foreign = new SyntaxError('Unexpected token in "hunter2"');
    expect(safeError(foreign)).to.deep.equal({ error: "SyntaxError", cause: undefined });
    expect(stackFrames(foreign)).to.not.contain("hunter2");
  });

  it("ignores lines of the message that look like stack frames", () => {
    const foreign = new Error("a\n    at hunter2 (file:1:1)\n    at b");
    expect(stackFrames(foreign)).to.not.contain("hunter2");
    expect(stackFrames(foreign)).to.contain("logger.test.ts");
  });

  it("keeps the code of a system error", () => {
    expect(safeError(Object.assign(new Error("open /x"), { code: "EACCES" }))).to.deep.equal({
      error: "Error",
      cause: "EACCES",
    });
  });

  it("logs the type of a thrown value that is not an Error", () => {
    expect(safeError("hunter2")).to.deep.equal({ error: "string", cause: undefined });
  });
});
