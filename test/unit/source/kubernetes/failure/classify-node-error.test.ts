import { expect } from "chai";
import { classifyNodeError } from "../../../../../src/source/kubernetes/failure/classify-node-error.ts";
import type { SyncErrorKind } from "../../../../../src/sync/port/sync-error.ts";
import { SyncError } from "../../../../../src/sync/port/sync-error.ts";

function nodeError(code: string, message = "words"): Error {
  return Object.assign(new Error(message), { code });
}

const ROWS: readonly (readonly [string, SyncErrorKind])[] = [
  ["ECONNREFUSED", "unreachable"],
  ["ENOTFOUND", "unreachable"],
  ["EAI_AGAIN", "unreachable"],
  ["ETIMEDOUT", "unreachable"],
  ["ECONNRESET", "reset"],
  ["EPIPE", "reset"],
  ["ERR_HTTP2_STREAM_ERROR", "reset"],
  ["ERR_HTTP2_SESSION_ERROR", "reset"],
  ["CERT_HAS_EXPIRED", "tls"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "tls"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "tls"],
  ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "tls"],
  ["EPROTO", "tls"],
  ["HPE_INVALID_CONSTANT", "malformed"],
  ["SOMETHING_NEW", "reset"],
];

describe("classify node error", () => {
  for (const [code, kind] of ROWS) {
    it(`returns ${kind} for ${code} and names the code and the address`, () => {
      const error = classifyNodeError(nodeError(code), "10.0.0.1:443");
      expect(error.kind).to.equal(kind);
      expect(error.message).to.contain(code).and.to.contain("10.0.0.1:443");
    });
  }

  it("uses the code of an attempt of Happy Eyeballs", () => {
    const error = classifyNodeError(new AggregateError([nodeError("ECONNREFUSED")]), "localhost:1");
    expect(error.kind).to.equal("unreachable");
  });

  it("returns a SyncError unchanged", () => {
    const error = new SyncError("expired", "old");
    expect(classifyNodeError(error, "x")).to.equal(error);
  });

  it("keeps neither message nor cause: a parser error carries the raw packet", () => {
    const thrown = Object.assign(nodeError("HPE_INVALID_CONSTANT", "hunter2"), {
      rawPacket: Buffer.from("hunter2"),
    });
    const error = classifyNodeError(thrown, "x");
    expect(error.message).not.to.contain("hunter2");
    expect(error.cause).to.equal(undefined);
  });
});
