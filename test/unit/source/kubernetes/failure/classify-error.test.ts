import { expect } from "chai";
import {
  classifyAnswer,
  classifyStatusObject,
  retryAfterHeaderMs,
} from "../../../../../src/source/kubernetes/failure/classify-error.ts";
import type { SyncErrorKind } from "../../../../../src/sync/port/sync-error.ts";

const WALL_MS = Date.parse("2026-11-24T12:00:00Z");
const LIST = { what: "list secrets in namespace shop", initialEvents: false };
const WATCH_LIST = { what: "watch secrets in namespace shop", initialEvents: true };

const GATE_OFF =
  'ListOptions.meta.k8s.io "" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled';
const TOO_LARGE = {
  kind: "Status",
  message: "Timeout: Too large resource version: 99999999, current: 255",
  reason: "Timeout",
  details: {
    causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
    retryAfterSeconds: 1,
  },
  code: 504,
};

function status(code: number, reason: string, message = "words"): object {
  return { kind: "Status", apiVersion: "v1", metadata: {}, status: "Failure", message, reason, code };
}

interface Row {
  readonly status: number;
  readonly body?: unknown;
  readonly retryAfter?: string;
  readonly asked?: typeof LIST;
  readonly kind: SyncErrorKind;
  readonly waitMs?: number;
}

const ROWS: readonly Row[] = [
  { status: 401, body: status(401, "Unauthorized"), kind: "unauthorized" },
  { status: 403, body: status(403, "Forbidden"), kind: "forbidden" },
  { status: 410, body: status(410, "Expired"), kind: "expired" },
  { status: 410, kind: "expired" },
  { status: 500, body: status(410, "Gone"), kind: "expired" },
  { status: 429, retryAfter: "1", kind: "throttled", waitMs: 1000 },
  { status: 429, kind: "throttled" },
  { status: 503, retryAfter: "7", kind: "throttled", waitMs: 7000 },
  { status: 503, kind: "server" },
  { status: 500, retryAfter: "3", kind: "server", waitMs: 3000 },
  { status: 502, kind: "server" },
  { status: 504, kind: "server" },
  { status: 504, body: TOO_LARGE, retryAfter: "1", kind: "version-too-large", waitMs: 1000 },
  { status: 504, body: { ...TOO_LARGE, details: undefined }, kind: "version-too-large" },
  { status: 408, kind: "timeout" },
  { status: 422, body: status(422, "Invalid", GATE_OFF), asked: WATCH_LIST, kind: "watch-list-unsupported" },
  { status: 400, asked: WATCH_LIST, kind: "watch-list-unsupported" },
  { status: 404, asked: WATCH_LIST, kind: "watch-list-unsupported" },
  { status: 403, asked: WATCH_LIST, kind: "forbidden" },
  { status: 422, body: status(422, "Invalid"), kind: "configuration" },
  { status: 400, kind: "configuration" },
  { status: 404, kind: "configuration" },
  { status: 406, kind: "configuration" },
  { status: 301, kind: "configuration" },
  { status: 204, kind: "malformed" },
];

describe("classify error: HTTP response", () => {
  for (const row of ROWS) {
    const asked = row.asked ?? LIST;
    const more = row.retryAfter === undefined ? "" : ` with Retry-After ${row.retryAfter}`;
    it(`returns ${row.kind} for ${String(row.status)}${more}${asked.initialEvents ? " to a WatchList" : ""}`, () => {
      const error = classifyAnswer(
        { status: row.status, retryAfter: row.retryAfter, body: row.body },
        asked,
        WALL_MS,
      );
      expect(error.kind).to.equal(row.kind);
      expect(error.httpStatus).to.equal(row.status);
      expect(error.retryAfterMs).to.equal(row.waitMs);
    });
  }

  it("names the request and quotes the server's message, in one line", () => {
    const body = status(403, "Forbidden", 'secrets is forbidden: User "u"\ncannot list');
    const { message } = classifyAnswer({ status: 403, retryAfter: undefined, body }, LIST, WALL_MS);
    expect(message).to.equal(
      'The API server answered 403 to "list secrets in namespace shop": secrets is forbidden: User "u" cannot list',
    );
  });

  it("uses the longer of the header and retryAfterSeconds", () => {
    const body = { ...status(429, "TooManyRequests"), details: { retryAfterSeconds: 9 } };
    expect(classifyAnswer({ status: 429, retryAfter: "2", body }, LIST, WALL_MS).retryAfterMs).to.equal(9000);
  });

  it("quotes nothing of a body that is not a Status", () => {
    const error = classifyAnswer(
      { status: 502, retryAfter: undefined, body: { password: "hunter2" } },
      LIST,
      WALL_MS,
    );
    expect(error.message).not.to.contain("hunter2");
    expect(error.cause).to.equal(undefined);
  });
});

describe("classify error: Status object", () => {
  it("returns expired for the ERROR event of a version that is too old", () => {
    const error = classifyStatusObject(
      status(410, "Expired", "too old resource version: 226 (351)"),
      WATCH_LIST,
    );
    expect(error.kind).to.equal("expired");
  });

  it("keeps the retry delay of an ERROR event of a lagging server", () => {
    const error = classifyStatusObject(TOO_LARGE, WATCH_LIST);
    expect([error.kind, error.retryAfterMs]).to.deep.equal(["version-too-large", 1000]);
  });

  it("returns server for a Status without code, malformed for anything else", () => {
    expect(classifyStatusObject({ kind: "Status" }, LIST).kind).to.equal("server");
    expect(classifyStatusObject({ kind: "Secret", data: { a: "b" } }, LIST).kind).to.equal("malformed");
    expect(classifyStatusObject(undefined, LIST).kind).to.equal("malformed");
  });
});

describe("classify error: Retry-After", () => {
  it("reads seconds and dates", () => {
    expect(retryAfterHeaderMs("7", WALL_MS)).to.equal(7000);
    expect(retryAfterHeaderMs(" 0.5 ", WALL_MS)).to.equal(500);
    expect(retryAfterHeaderMs("Tue, 24 Nov 2026 12:00:30 GMT", WALL_MS)).to.equal(30_000);
  });

  it("ignores an absent, past or malformed value, and waits at most a day", () => {
    for (const header of [undefined, "", "0", "soon", "-5", "Tue, 24 Nov 2026 11:00:00 GMT"]) {
      expect(retryAfterHeaderMs(header, WALL_MS), String(header)).to.equal(undefined);
    }
    expect(retryAfterHeaderMs("99999999", WALL_MS)).to.equal(24 * 3600 * 1000);
  });
});
