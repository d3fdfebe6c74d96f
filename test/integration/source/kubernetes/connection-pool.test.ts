import { expect } from "chai";
import { planScopes } from "../../../../src/source/kubernetes/watch/scope-plan.ts";
import type { WatchSignal } from "../../../../src/sync/port/source.ts";
import type { FakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import { startFakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import { collect } from "./collect.ts";
import type { TestClient } from "./test-client.ts";
import { openTestClient } from "./test-client.ts";

const RESUME = { resourceVersion: "1", initialEvents: false, timeoutSeconds: 300 };

describe("connection pool", () => {
  let server: FakeApiServer;
  let test: TestClient;

  async function start(protocols: readonly ("h2" | "http/1.1")[], maxConcurrentStreams = 100): Promise<void> {
    server = await startFakeApiServer({ protocols, maxConcurrentStreams });
    test = openTestClient({ url: server.url, ca: server.caPem, parameters: { requestSilenceMs: 1000 } });
  }

  afterEach(async () => {
    test.client.close();
    await server.kill("fin");
  });

  /** Opens watches for these names at once and waits until the server has all of them. */
  async function watchNames(count: number): Promise<void> {
    const names = Array.from({ length: count }, (_, index) => `name-${String(index)}`);
    const plans = planScopes({
      namespaces: [],
      allNamespaces: false,
      names,
      selector: "",
      ownNamespace: "shop",
    });
    for (const plan of plans)
      test
        .upstream(plan)
        .watch(RESUME)
        .subscribe({ error: () => undefined });
    await server.requests.reached(count, { verb: "watch" });
  }

  /** How many watches each connection has, most first. */
  function load(): readonly number[] {
    const counts = new Map<number, number>();
    for (const { connection } of server.requests.all({ verb: "watch" })) {
      counts.set(connection, (counts.get(connection) ?? 0) + 1);
    }
    return [...counts.values()].sort((a, b) => b - a);
  }

  it("opens 90 watches on a connection and the rest on the next, and keeps room for lists", async () => {
    await start(["h2"]);
    await watchNames(100);
    expect(load()).to.deep.equal([90, 10]);
    const list = await collect(test.upstream().list({ resourceVersion: "" }));
    expect(list.error).to.equal(undefined);
    expect(test.logged.filter((event) => event === "kube_connected")).to.have.length(2);
  });

  it("uses nine tenths of the streams if the server allows fewer", async () => {
    await start(["h2"], 10);
    // One request first: the limit is known only after the server's SETTINGS.
    await collect(test.upstream().list({ resourceVersion: "" }));
    await watchNames(20);
    expect(load()).to.deep.equal([9, 9, 2]);
  });

  it("opens a connection for each watch on HTTP/1.1 and reuses an idle one (scenario 46)", async () => {
    await start(["http/1.1"]);
    for (let round = 0; round < 3; round += 1) await collect(test.upstream().list({ resourceVersion: "" }));
    expect(new Set(server.requests.all().map(({ connection }) => connection)).size).to.equal(1);
    await watchNames(3);
    expect(load()).to.deep.equal([1, 1, 1]);
  });

  it("reports a GOAWAY to an open watch, which continues, and sends the next request on a new connection (scenario 35)", async () => {
    await start(["h2"]);
    const seen: WatchSignal[] = [];
    let onSignal: (() => void) | undefined;
    const until = async (kind: WatchSignal["kind"]): Promise<void> => {
      while (!seen.some((signal) => signal.kind === kind))
        await new Promise<void>((resolve) => (onSignal = resolve));
    };
    test
      .upstream()
      .watch(RESUME)
      .subscribe({
        next: (signal) => {
          seen.push(signal);
          onSignal?.();
        },
        // The end of the test closes the client.
        error: () => undefined,
      });
    await server.watch();
    server.goaway();
    await until("going-away");
    await collect(test.upstream().list({ resourceVersion: "" }));
    server.putSecret("shop", "late", { a: "b" });
    await until("put");
    expect(seen.map((signal) => signal.kind)).to.deep.equal(["open", "going-away", "put"]);
    const [watch, list] = server.requests.all();
    expect(list?.connection).not.to.equal(watch?.connection);
    expect(test.logged).to.include("kube_connection_retired");
  });

  it("ends open exchanges with reset after a GOAWAY with an error code", async () => {
    await start(["h2"]);
    const all = collect(test.upstream().watch(RESUME));
    await server.watch();
    server.goaway(2);
    expect((await all).error?.kind).to.equal("reset");
  });

  it("ends all exchanges when it is closed, and opens no new connection", async () => {
    await start(["h2"]);
    const all = collect(test.upstream().watch(RESUME));
    await server.watch();
    test.client.close();
    expect((await all).error?.kind).to.equal("reset");
    const after = await collect(test.upstream().list({ resourceVersion: "" }));
    expect(after.error?.message).to.contain("shutting down");
    expect(server.requests.count({ verb: "list" })).to.equal(0);
  });
});
