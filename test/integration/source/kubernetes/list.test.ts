import { expect } from "chai";
import { gzipSync } from "node:zlib";
import type { ListSignal } from "../../../../src/sync/port/source.ts";
import type { SyncErrorKind } from "../../../../src/sync/port/sync-error.ts";
import type { FakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import { startFakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import type { Play } from "../../../support/fake-api-server/script.ts";
import { collect } from "./collect.ts";
import type { TestClient } from "./test-client.ts";
import { openTestClient } from "./test-client.ts";

function show(signal: ListSignal): string {
  return signal.kind === "item" ? signal.item.name : `end ${signal.resourceVersion}`;
}

const CANARY = "hunter2";

const BAD_ANSWERS: readonly (readonly [what: string, play: Play, kind: SyncErrorKind])[] = [
  [
    "an HTML page",
    { kind: "answer", status: 200, headers: { "content-type": "text/html" }, body: CANARY },
    "malformed",
  ],
  ["an empty body", { kind: "answer", status: 200, body: "" }, "malformed"],
  ["text that is not JSON", answerJson(CANARY), "malformed"],
  ["a Status", answerJson(JSON.stringify({ kind: "Status", code: 410, reason: "Expired" })), "expired"],
  [
    "another kind",
    answerJson('{"kind":"ConfigMapList","metadata":{"resourceVersion":"1"},"items":[]}'),
    "malformed",
  ],
  ["a list without a version", answerJson('{"kind":"SecretList","metadata":{},"items":[]}'), "malformed"],
  [
    "an item without a name",
    answerJson('{"kind":"SecretList","metadata":{"resourceVersion":"1"},"items":[{}]}'),
    "malformed",
  ],
  [
    "half a list",
    answerJson(`{"kind":"SecretList","metadata":{"resourceVersion":"1"},"items":[{"a":"${CANARY}"`),
    "malformed",
  ],
  [
    "a redirect",
    { kind: "answer", status: 301, headers: { location: "https://elsewhere/" }, body: "" },
    "configuration",
  ],
  [
    "429 in plain text",
    { kind: "answer", status: 429, headers: { "retry-after": "1" }, body: CANARY },
    "throttled",
  ],
  [
    "502 from a proxy",
    { kind: "answer", status: 502, headers: { "content-type": "text/html" }, body: CANARY },
    "server",
  ],
  [
    "a torn stream",
    {
      kind: "stream",
      headers: { "content-type": "application/json" },
      chunks: ['{"kind":'],
      then: "reset-stream",
    },
    "reset",
  ],
  [
    "a torn connection",
    {
      kind: "stream",
      headers: { "content-type": "application/json" },
      chunks: ['{"kind":'],
      then: "reset-connection",
    },
    "reset",
  ],
  ["no answer", { kind: "reset-stream" }, "reset"],
];

function answerJson(body: string): Play {
  return { kind: "answer", status: 200, headers: { "content-type": "application/json" }, body };
}

for (const protocol of ["h2", "http/1.1"] as const) {
  describe(`list over ${protocol}`, () => {
    let server: FakeApiServer;
    let test: TestClient;

    beforeEach(async () => {
      server = await startFakeApiServer({ protocols: [protocol] });
      for (const name of ["a", "b", "c"]) server.putSecret("shop", name, { password: name });
      test = openTestClient({ url: server.url, ca: server.caPem, parameters: { requestSilenceMs: 100 } });
    });

    afterEach(async () => {
      test.client.close();
      await server.kill("fin");
    });

    it("reads every page and ends with the version of the list", async () => {
      const { values, error } = await collect(test.upstream(undefined, 2).list({ resourceVersion: "" }));
      expect(error).to.equal(undefined);
      expect(values.map(show)).to.deep.equal(["a", "b", "c", `end ${String(server.store.revision)}`]);
      const queries = server.requests
        .all({ verb: "list" })
        .map(({ query }) => [query.get("limit"), query.has("continue")]);
      expect(queries).to.deep.equal([
        ["2", false],
        ["2", true],
      ]);
      expect(test.counted.filter((one) => one === "page")).to.have.length(2);
    });

    it("requests the newest version, a lower bound, or the cache", async () => {
      const upstream = test.upstream();
      for (const resourceVersion of ["", "2", "0"]) await collect(upstream.list({ resourceVersion }));
      const asked = server.requests
        .all()
        .map(({ query }) => [query.get("resourceVersion"), query.get("resourceVersionMatch")]);
      expect(asked).to.deep.equal([
        [null, null],
        ["2", "NotOlderThan"],
        ["0", "NotOlderThan"],
      ]);
    });

    it("names the encoding of a response that a proxy compressed", async () => {
      const list = { kind: "SecretList", metadata: { resourceVersion: "1" }, items: [] };
      server.scripts.next(
        { verb: "list" },
        {
          kind: "stream",
          headers: { "content-encoding": "gzip" },
          chunks: [gzipSync(JSON.stringify(list))],
          then: "end",
        },
      );
      const { error } = await collect(test.upstream().list({ resourceVersion: "" }));
      expect(error?.kind).to.equal("malformed");
      expect(error?.message).to.match(/is compressed \(content-encoding gzip\).*turn off compression/);
    });

    it("sends its User-Agent and requests plain JSON without compression", async () => {
      await collect(test.upstream().list({ resourceVersion: "" }));
      const [record] = server.requests.all();
      expect(record?.headers["user-agent"]).to.equal("podkey/0.0.0-test");
      expect(record?.headers["accept"]).to.equal("application/json");
      expect(record?.headers["accept-encoding"]).to.equal("identity");
      expect(record?.protocol).to.equal(protocol);
    });

    it("fails with expired if the token of a later page is too old", async () => {
      const gone = {
        kind: "Status",
        code: 410,
        reason: "Expired",
        message: "The provided continue parameter is too old",
      };
      const later = (): Play => ({ kind: "answer", status: 410, body: gone });
      server.scripts.next({ query: { continue: "" } }, { kind: "pass" });
      server.scripts.next({ verb: "list" }, later);
      const { values, error } = await collect(test.upstream(undefined, 2).list({ resourceVersion: "" }));
      expect([values.map(show), error?.kind]).to.deep.equal([["a", "b"], "expired"]);
    });

    for (const [what, play, kind] of BAD_ANSWERS) {
      it(`fails with ${kind} for ${what} and uses nothing of it (scenario 48)`, async () => {
        server.scripts.next({ verb: "list" }, play);
        const { values, error } = await collect(test.upstream().list({ resourceVersion: "" }));
        expect(values.filter((signal) => signal.kind === "end")).to.deep.equal([]);
        expect(error?.kind).to.equal(kind);
        expect(error?.message).not.to.contain(CANARY);
        expect(error?.cause).to.equal(undefined);
      });
    }

    it("ends a response that stalls, after the silence limit", async () => {
      const headers = { "content-type": "application/json" };
      server.scripts.next({ verb: "list" }, { kind: "stream", headers, chunks: ['{"kind":'], then: "hang" });
      const { error } = await collect(test.upstream().list({ resourceVersion: "" }));
      expect(error?.kind).to.equal("timeout");
    });
  });
}
