import { expect } from "chai";
import type { ExitCode } from "../../../../src/cli/run/cli-deps.ts";
import { clientError } from "../../../../src/cli/run/client-error.ts";
import { RpcFailure } from "../../../../src/client/index.ts";

function errorFor(
  code: RpcFailure["code"],
  message: string,
  reason?: string,
): { message: string; exitCode: ExitCode } {
  const { message: sentence, exitCode } = clientError(
    new RpcFailure(message, { code, reason }),
    "unix:/run/x.sock",
  );
  return { message: sentence, exitCode };
}

describe("client error", () => {
  it("prints the server's sentence with its reason", () => {
    expect(errorFor("NOT_FOUND", "There is no such key.", "KEY_NOT_FOUND")).to.deep.equal({
      message: "There is no such key (KEY_NOT_FOUND)",
      exitCode: 6,
    });
  });

  const exits: readonly (readonly [RpcFailure["code"], ExitCode])[] = [
    ["INVALID_ARGUMENT", 2],
    ["PERMISSION_DENIED", 3],
    ["UNAUTHENTICATED", 3],
    ["NOT_FOUND", 6],
    ["UNAVAILABLE", 7],
    ["RESOURCE_EXHAUSTED", 7],
    ["ABORTED", 7],
    ["DEADLINE_EXCEEDED", 7],
    ["INTERNAL", 1],
  ];
  for (const [code, exitCode] of exits) {
    it(`exits with ${exitCode} for ${code}`, () => {
      expect(errorFor(code, "A sentence.", "REASON").exitCode).to.equal(exitCode);
    });
  }

  const transport: readonly (readonly [string, RegExp, ExitCode])[] = [
    ["No connection established. Last error: connect ENOENT /run/x.sock", /^there is no socket at unix:/, 7],
    ["connect ECONNREFUSED 127.0.0.1:1", /^nothing listens at/, 7],
    ["connect EACCES /run/x.sock", /may not connect.*--socket-mode/, 3],
    ["getaddrinfo ENOTFOUND nowhere", /cannot be resolved/, 7],
    ["something else", /^the call to unix:\/run\/x.sock failed: something else \(UNAVAILABLE\)$/, 7],
  ];
  for (const [message, sentence, exitCode] of transport) {
    it(`translates ${JSON.stringify(message)}`, () => {
      const error = errorFor("UNAVAILABLE", message);
      expect(error.message).to.match(sentence);
      expect(error.exitCode).to.equal(exitCode);
    });
  }
});
