// The traceparent header, as W3C Trace Context has it.
import { expect } from "chai";
import { parseTraceParent } from "../../../../src/rpc/observe/traceparent.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";

describe("parseTraceParent", () => {
  it("reads trace, span and whether it is sampled", () => {
    expect(parseTraceParent(`00-${TRACE}-${SPAN}-01`)).to.deep.equal({
      traceId: TRACE,
      spanId: SPAN,
      isSampled: true,
    });
    expect(parseTraceParent(`00-${TRACE}-${SPAN}-02`)?.isSampled).to.equal(false);
  });

  it("reads what a later version appends, since versions only add", () => {
    expect(parseTraceParent(`01-${TRACE}-${SPAN}-01-more`)?.traceId).to.equal(TRACE);
  });

  const invalid: readonly (readonly [string, string])[] = [
    ["nothing", ""],
    ["a trace of zeros", `00-${"0".repeat(32)}-${SPAN}-01`],
    ["a span of zeros", `00-${TRACE}-${"0".repeat(16)}-01`],
    ["upper case", `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ["the forbidden version", `ff-${TRACE}-${SPAN}-01`],
    ["more fields in version 0", `00-${TRACE}-${SPAN}-01-more`],
    ["a short trace", `00-${TRACE.slice(1)}-${SPAN}-01`],
    ["blanks around it", ` 00-${TRACE}-${SPAN}-01 `],
  ];
  for (const [what, header] of invalid)
    it(`takes ${what} as no header`, () => expect(parseTraceParent(header)).to.equal(undefined));
});
