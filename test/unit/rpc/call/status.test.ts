import { expect } from "chai";
import { PodkeyError, REASONS } from "../../../../src/core/errors/errors.ts";
import type { Reason } from "../../../../src/core/errors/errors.ts";
import { ERROR_DOMAIN, statusOf, toPodkeyError } from "../../../../src/rpc/call/status.ts";
import { errorFacts } from "../../../support/rpc/status-details.ts";

const ALL = Object.keys(REASONS) as Reason[];

describe("statusOf", () => {
  for (const reason of ALL)
    it(`carries ${reason} with its code, domain and retry`, () => {
      const { code, retryAfterMs } = REASONS[reason];
      const facts = errorFacts(statusOf(new PodkeyError(reason, "Text.", { metadata: { a: "b" } })));
      expect(facts).to.deep.include({ code, reason, domain: ERROR_DOMAIN, message: "Text.", retryAfterMs });
      expect(facts.metadata).to.deep.equal({ a: "b" });
      expect(facts.pushbackMs).to.equal(retryAfterMs === undefined ? undefined : String(retryAfterMs));
      expect(facts.details).to.deep.equal(
        retryAfterMs === undefined ? ["ErrorInfo"] : ["ErrorInfo", "RetryInfo"],
      );
    });

  it("names the field in BadRequest", () => {
    expect(
      errorFacts(statusOf(new PodkeyError("BAD_NAME", "Text.", { field: "names" }))).fields,
    ).to.deep.equal(["names"]);
  });

  it("survives half a character, which encodeURI would throw at", () => {
    const { details } = statusOf(new PodkeyError("BAD_NAME", "half \ud800."));
    expect(() => encodeURI(details)).to.not.throw();
  });

  it("stays under 8 KiB however long the text and its parts are", () => {
    const long = "é".repeat(100_000);
    const { details, metadata } = statusOf(
      new PodkeyError("BAD_NAME", long, { field: "names", metadata: { name: long } }),
    );
    const [bytes] = metadata.get("grpc-status-details-bin");
    const sizeBytes =
      encodeURI(details).length + (Buffer.isBuffer(bytes) ? bytes.byteLength * 1.34 : Infinity);
    expect(sizeBytes).to.be.below(16 * 1024);
  });
});

describe("toPodkeyError", () => {
  it("turns anything unknown into INVARIANT, and logs its class and place but not its text", () => {
    const lines: unknown[] = [];
    const secret = "hunter2-in-a-message";
    for (const thrown of [new TypeError(secret), secret, undefined]) {
      const error = toPodkeyError(thrown, (event, fields) => void lines.push({ event, ...fields }));
      expect(error.reason).to.equal("INVARIANT");
      expect(error.message).to.not.include(secret);
    }
    expect(JSON.stringify(lines)).to.not.include(secret);
    expect(lines[0]).to.include({ event: "rpc_invariant", error: "TypeError" });
    expect(JSON.stringify(lines[0])).to.match(/status\.test\.ts:\d+/);
  });

  it("leaves a PodkeyError as it is", () => {
    const error = new PodkeyError("BAD_NAME", "Text.");
    expect(toPodkeyError(error, () => expect.fail("nothing to log"))).to.equal(error);
  });
});
