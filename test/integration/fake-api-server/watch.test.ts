import { expect } from "chai";
import { createBareClient } from "../../support/fake-api-server/bare-client.ts";
import type { BareClient, BareEvent, BareWatch } from "../../support/fake-api-server/bare-client.ts";
import { startFakeApiServer } from "../../support/fake-api-server/fake-api-server.ts";
import type { FakeApiServer } from "../../support/fake-api-server/fake-api-server.ts";

const SECRETS = "/api/v1/namespaces/shop/secrets";
const WATCH_LIST =
  "watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";

/** TYPE name version, the marker as `end`. */
function brief(event: BareEvent | undefined): string {
  if (event === undefined) return "closed";
  const { metadata, code } = event.object;
  const marker = metadata.annotations?.["k8s.io/initial-events-end"] === "true" ? ["end"] : [];
  const parts = [event.type, metadata.name, metadata.resourceVersion, code, ...marker];
  return parts.filter((part) => part !== undefined).join(" ");
}

for (const protocol of ["h2", "http/1.1"] as const) {
  describe(`FakeApiServer: watch over ${protocol}`, () => {
    let server: FakeApiServer;
    let client: BareClient;

    beforeEach(async () => {
      server = await startFakeApiServer({ behaviour: { freshnessWaitMs: 1 } });
      client = createBareClient(server.url, { ca: server.caPem }, protocol);
    });
    afterEach(async () => {
      client.close();
      await server.stop();
    });

    const watch = (query: string): Promise<BareWatch> => client.watch(`${SECRETS}?${query}`);
    async function take(stream: BareWatch, count: number): Promise<readonly string[]> {
      const events: string[] = [];
      for (let i = 0; i < count; i += 1) events.push(brief(await stream.next()));
      return events;
    }

    it("streams the state, the marker, and then changes, whatever old version WatchList names", async () => {
      server.putSecret("shop", "b", { k: "v" });
      server.putSecret("shop", "a", { k: "v" });
      for (const version of ["", "&resourceVersion=", "&resourceVersion=0", "&resourceVersion=2"]) {
        const stream = await watch(WATCH_LIST + version);
        expect(await take(stream, 3)).to.deep.equal(["ADDED a 3", "ADDED b 2", "BOOKMARK 3 end"]);
        stream.close();
        if (protocol === "http/1.1") client.close();
        client = createBareClient(server.url, { ca: server.caPem }, protocol);
      }
      const stream = await watch(WATCH_LIST);
      await take(stream, 3);
      server.putSecret("shop", "a", { k: "w" });
      server.store.delete("secrets", "shop", "b");
      expect(await take(stream, 2)).to.deep.equal(["MODIFIED a 4", "DELETED b 5"]);
    });

    it("never sends the marker to a client that refused bookmarks", async () => {
      server.putSecret("shop", "a", { k: "v" });
      const stream = await watch("watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan");
      server.bookmark();
      server.putSecret("shop", "b", { k: "v" });
      expect(await take(stream, 2)).to.deep.equal(["ADDED a 2", "ADDED b 3"]);
    });

    it("sends the marker unasked to a legacy watch from nowhere, unless the gate is off", async () => {
      const stream = await watch("watch=1&allowWatchBookmarks=true");
      expect(await take(stream, 1)).to.deep.equal(["BOOKMARK 1 end"]);
      server.behaviour.watchList = "off";
      client.close();
      client = createBareClient(server.url, { ca: server.caPem }, protocol);
      const legacy = await watch("watch=1&allowWatchBookmarks=true&resourceVersion=0");
      server.putSecret("shop", "a", { k: "v" });
      expect(await take(legacy, 1)).to.deep.equal(["ADDED a 2"]);
    });

    it("sends nothing but later changes with sendInitialEvents=false", async () => {
      server.putSecret("shop", "a", { k: "v" });
      const stream = await watch("watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan");
      server.putSecret("shop", "b", { k: "v" });
      expect(await take(stream, 1)).to.deep.equal(["ADDED b 3"]);
    });

    it("replays the window from a version", async () => {
      server.putSecret("shop", "a", { k: "v" });
      server.putSecret("shop", "a", { k: "w" });
      server.store.delete("secrets", "shop", "a");
      const stream = await watch("watch=1&resourceVersion=1");
      expect(await take(stream, 3)).to.deep.equal(["ADDED a 2", "MODIFIED a 3", "DELETED a 4"]);
    });

    it("answers a version below the window with 200, ERROR 410 and a clean end", async () => {
      server.putSecret("shop", "a", { k: "v" });
      server.store.dropHistory();
      const stream = await watch("watch=1&resourceVersion=1");
      expect(stream.status).to.equal(200);
      const event = await stream.next();
      expect(JSON.stringify(event)).to.equal(
        '{"type":"ERROR","object":{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"too old resource version: 1 (2)","reason":"Expired","code":410}}',
      );
      expect(await stream.next()).to.equal(undefined);
    });

    it("ends a WatchList from the future with ERROR 504, and lets a plain watch from there hang in silence", async () => {
      const list = await watch(`${WATCH_LIST}&resourceVersion=50`);
      expect(await take(list, 2)).to.deep.equal(["ERROR 504", "closed"]);
      const plain = await watch("watch=1&resourceVersion=3&allowWatchBookmarks=true");
      server.putSecret("shop", "a", { k: "v" });
      server.putSecret("shop", "b", { k: "v" });
      server.putSecret("shop", "c", { k: "v" });
      expect(await take(plain, 1)).to.deep.equal(["ADDED c 4"]);
    });

    it("turns a lost label into DELETED with the old state, and a regained one into ADDED", async () => {
      const stream = await watch(`${WATCH_LIST}&labelSelector=podkey.dev%2Fserve%3Dtrue`);
      server.putSecret("shop", "a", { k: "v" });
      server.store.update("secrets", "shop", "a", { labels: {} });
      server.putSecret("shop", "a", { k: "v" });
      await stream.next();
      await stream.next();
      const gone = await stream.next();
      expect(brief(gone)).to.equal("DELETED a 3");
      expect(gone?.object.metadata.labels).to.deep.equal({ "podkey.dev/serve": "true" });
      expect(await take(stream, 1)).to.deep.equal(["ADDED a 4"]);
    });

    it("makes no event of a write that changes nothing, and a new uid of a recreate", async () => {
      const stream = await watch(WATCH_LIST);
      server.putSecret("shop", "a", { k: "v" });
      server.putSecret("shop", "a", { k: "v" });
      server.store.delete("secrets", "shop", "a");
      server.putSecret("shop", "a", { k: "v" });
      await stream.next();
      const [first, gone, again] = [await stream.next(), await stream.next(), await stream.next()];
      expect([first, gone, again].map(brief)).to.deep.equal(["ADDED a 2", "DELETED a 3", "ADDED a 4"]);
      expect(first?.object.metadata.uid)
        .to.equal(gone?.object.metadata.uid)
        .and.not.equal(again?.object.metadata.uid);
    });

    it("sends bookmarks by interval, on demand, and before the end at timeoutSeconds", async () => {
      server.behaviour.bookmarkIntervalMs = 3;
      const ticking = await watch("watch=1&resourceVersion=1&allowWatchBookmarks=true");
      expect(await take(ticking, 2)).to.deep.equal(["BOOKMARK 1", "BOOKMARK 1"]);
      server.behaviour.bookmarkIntervalMs = 60_000;
      server.behaviour.secondMs = 2;
      const ending = createBareClient(server.url, { ca: server.caPem }, protocol);
      const stream = await ending.watch(
        `${SECRETS}?watch=1&resourceVersion=1&allowWatchBookmarks=true&timeoutSeconds=10`,
      );
      expect(await take(stream, 2)).to.deep.equal(["BOOKMARK 1", "closed"]);
      ending.close();
      server.behaviour.secondMs = 1000;
      const asked = createBareClient(server.url, { ca: server.caPem }, protocol);
      const onDemand = await asked.watch(`${SECRETS}?watch=1&resourceVersion=1&allowWatchBookmarks=true`);
      server.bookmark();
      expect(brief(await onDemand.next())).to.equal("BOOKMARK 1");
      asked.close();
    });

    it("answers 422 where the gate is off, and knows no marker where the parameters are ignored", async () => {
      server.behaviour.watchList = "off";
      const refused = await client.send(`${SECRETS}?${WATCH_LIST}`);
      expect(refused.status).to.equal(422);
      expect(refused.body).to.equal(
        '{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"ListOptions.meta.k8s.io \\"\\" is invalid: sendInitialEvents: Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled","reason":"Invalid","details":{"group":"meta.k8s.io","kind":"ListOptions","causes":[{"reason":"FieldValueForbidden","message":"Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled","field":"sendInitialEvents"}]},"code":422}\n',
      );
      server.behaviour.watchList = "ignored";
      server.putSecret("shop", "a", { k: "v" });
      const stream = await watch(WATCH_LIST);
      server.putSecret("shop", "b", { k: "v" });
      expect(await take(stream, 2)).to.deep.equal(["ADDED a 2", "ADDED b 3"]);
    });

    it("loses a change without an event, while lists are correct", async () => {
      const stream = await watch(WATCH_LIST);
      server.putSecret("shop", "a", { k: "v" });
      server.store.silently(() => server.store.delete("secrets", "shop", "a"));
      server.bookmark();
      expect(await take(stream, 3)).to.deep.equal(["BOOKMARK 1 end", "ADDED a 2", "BOOKMARK 3"]);
      expect(server.store.list("secrets")).to.deep.equal([]);
    });
  });
}
