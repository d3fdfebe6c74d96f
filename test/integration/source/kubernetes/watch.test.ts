import { expect } from "chai";
import { take } from "rxjs";
import type { WatchSignal } from "../../../../src/sync/port/source.ts";
import type { FakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import { startFakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import { collect } from "./collect.ts";
import type { TestClient } from "./test-client.ts";
import { openTestClient } from "./test-client.ts";

const WATCH_LIST = { resourceVersion: "", initialEvents: true, timeoutSeconds: 300 };

function show(signal: WatchSignal): string {
  switch (signal.kind) {
    case "put":
      return `put ${signal.item.name}`;
    case "remove":
      return `remove ${signal.gone.name} ${signal.gone.resourceVersion}`;
    case "bookmark":
      return `bookmark ${signal.resourceVersion}${signal.initialEventsEnd ? " end" : ""}`;
    default:
      return signal.kind;
  }
}

for (const protocol of ["h2", "http/1.1"] as const) {
  describe(`watch over ${protocol}`, () => {
    let server: FakeApiServer;
    let test: TestClient;

    beforeEach(async () => {
      server = await startFakeApiServer({ protocols: [protocol] });
      server.putSecret("shop", "a", { password: "ä" });
      test = openTestClient({ url: server.url, ca: server.caPem, parameters: { requestSilenceMs: 100 } });
    });

    afterEach(async () => {
      test.client.close();
      await server.kill("fin");
    });

    function resume(): { resourceVersion: string; initialEvents: boolean; timeoutSeconds: number } {
      return { resourceVersion: String(server.store.revision), initialEvents: false, timeoutSeconds: 300 };
    }

    it("emits the state, its end, changes, deletions and bookmarks, and completes at a clean end", async () => {
      const all = collect(test.upstream().watch(WATCH_LIST));
      const watch = await server.watch();
      server.putSecret("shop", "b", { password: "b" });
      server.store.delete("secrets", "shop", "a");
      server.bookmark();
      watch.end();
      const { values, error } = await all;
      expect(error).to.equal(undefined);
      expect(values.map(show)).to.deep.equal([
        "open",
        "put a",
        "bookmark 2 end",
        "put b",
        "remove a 4",
        "bookmark 4",
      ]);
    });

    it("requests bookmarks, a timeout and the version, and initial events only on demand", async () => {
      const upstream = test.upstream();
      await collect(upstream.watch(WATCH_LIST).pipe(take(1)));
      await collect(upstream.watch(resume()).pipe(take(1)));
      const queries = server.requests.all({ verb: "watch" }).map(({ query }) => Object.fromEntries(query));
      const common = {
        labelSelector: "podkey.dev/serve=true",
        watch: "true",
        allowWatchBookmarks: "true",
        timeoutSeconds: "300",
      };
      expect(queries).to.deep.equal([
        { ...common, resourceVersion: "", sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan" },
        { ...common, resourceVersion: "2" },
      ]);
    });

    it("aborts the request when it is unsubscribed", async () => {
      const subscription = test.upstream().watch(resume()).subscribe();
      const watch = await server.watch();
      const closed = new Promise<void>((resolve) => {
        watch.onClose(resolve);
      });
      subscription.unsubscribe();
      await closed;
    });

    it("joins a character and a line that are split across frames (scenario 26)", async () => {
      const all = collect(test.upstream().watch(resume()));
      const watch = await server.watch();
      const bookmark = Buffer.from(
        '{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9","x":"ä"}}}\n',
      );
      for (const byte of bookmark) watch.bytes(Buffer.from([byte]));
      watch.end();
      expect((await all).values.map(show)).to.deep.equal(["open", "bookmark 9"]);
    });

    it("fails with watch-list-unsupported if the feature gate is off (scenario 3)", async () => {
      server.behaviour.watchList = "off";
      const { error } = await collect(test.upstream().watch(WATCH_LIST));
      expect(error?.kind).to.equal("watch-list-unsupported");
    });

    it("fails with expired after an ERROR event in the stream (scenario 13)", async () => {
      server.store.dropHistory();
      server.putSecret("shop", "b", {});
      const { values, error } = await collect(test.upstream().watch({ ...resume(), resourceVersion: "1" }));
      expect([values.map(show), error?.kind]).to.deep.equal([["open"], "expired"]);
    });

    it("keeps the events before a line that is not JSON, then fails with malformed without its text (scenario 25)", async () => {
      const all = collect(test.upstream().watch(resume()));
      const watch = await server.watch();
      const good = '{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}}\n';
      watch.bytes(Buffer.from(`${good}{"type":"ADDED","object":{"data":{"p":"hunter2"\n${good}`));
      const { values, error } = await all;
      expect(values.map(show)).to.deep.equal(["open", "bookmark 9"]);
      expect(error?.kind).to.equal("malformed");
      expect(error?.message).not.to.contain("hunter2");
    });

    it("fails with malformed if the stream ends inside a line", async () => {
      const all = collect(test.upstream().watch(resume()));
      const watch = await server.watch();
      watch.bytes(Buffer.from('{"type":"ADDED"'));
      watch.end();
      expect((await all).error?.kind).to.equal("malformed");
    });

    it("fails with malformed for a line of 9 MiB (scenario 26)", async () => {
      const all = collect(test.upstream().watch(resume()));
      const watch = await server.watch();
      watch.bytes(Buffer.alloc(9 * 1024 * 1024, "x"));
      const { error } = await all;
      expect(error?.kind).to.equal("malformed");
      expect(error?.message).to.contain("more than 8388608 bytes");
    });

    it("fails with reset if the stream or the connection breaks (scenario 8)", async () => {
      for (const how of ["resetStream", "resetConnection"] as const) {
        const opened = server.nextWatch();
        const all = collect(test.upstream().watch(resume()));
        (await opened)[how]();
        expect((await all).error?.kind, how).to.equal("reset");
      }
    });

    it("fails with reset if the server is killed", async () => {
      const all = collect(test.upstream().watch(resume()));
      await server.watch();
      await server.kill();
      expect((await all).error?.kind).to.equal("reset");
    });

    it("fails with unreachable if nothing listens (scenario 9)", async () => {
      await server.kill();
      const { error } = await collect(test.upstream().watch(resume()));
      expect(error?.kind).to.equal("unreachable");
      expect(error?.message)
        .to.contain("ECONNREFUSED")
        .and.to.contain(`127.0.0.1:${String(server.port)}`);
    });

    it("fails with timeout much sooner if the watch has the short timeout, also on a new connection", async () => {
      test.client.close();
      const parameters = { requestSilenceMs: 60_000, shortTimeoutMs: 100 };
      test = openTestClient({ url: server.url, ca: server.caPem, parameters });
      server.scripts.next({ verb: "watch" }, { kind: "hang" });
      const { error } = await collect(test.upstream().watch({ ...resume(), shortTimeout: true }));
      expect(error?.kind).to.equal("timeout");
      expect(error?.message).to.include("within 100 ms");
      const open = collect(test.upstream().watch({ ...resume(), shortTimeout: true }));
      const watch = await server.watch();
      watch.end();
      expect((await open).error).to.equal(undefined);
    });

    it("fails with timeout if no byte arrives, but allows an open watch to be silent", async () => {
      server.scripts.next({ verb: "watch" }, { kind: "hang" });
      expect((await collect(test.upstream().watch(resume()))).error?.kind).to.equal("timeout");
      const all = collect(test.upstream().watch(resume()));
      const watch = await server.watch();
      // Another request reaches its limit of 100 ms: the watch has been silent for longer.
      server.scripts.next({ verb: "list" }, { kind: "hang" });
      expect((await collect(test.upstream().list({ resourceVersion: "" }))).error?.kind).to.equal("timeout");
      watch.end();
      expect((await all).error).to.equal(undefined);
    });

    it("rejects a Status, an HTML page and a Pod in place of an event (scenario 48)", async () => {
      const json = { "content-type": "application/json" };
      const upstream = test.upstream();
      const kinds: (string | undefined)[] = [];
      for (const body of [
        '{"kind":"Status","code":403,"reason":"Forbidden"}',
        '{"type":"ADDED","object":{"kind":"Pod"}}',
        "[]",
      ]) {
        server.scripts.next(
          { verb: "watch" },
          { kind: "answer", status: 200, headers: json, body: `${body}\n` },
        );
        const { values, error } = await collect(upstream.watch(resume()));
        expect(values.map(show)).to.deep.equal(["open"]);
        kinds.push(error?.kind);
      }
      const html = { "content-type": "text/html" };
      server.scripts.next(
        { verb: "watch" },
        { kind: "answer", status: 200, headers: html, body: "<h1>login</h1>" },
      );
      kinds.push((await collect(upstream.watch(resume()))).error?.kind);
      expect(kinds).to.deep.equal(["forbidden", "malformed", "malformed", "malformed"]);
    });
  });
}
