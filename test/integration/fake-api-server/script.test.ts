import { expect } from "chai";
import { createBareClient } from "../../support/fake-api-server/bare-client.ts";
import type { BareClient, BareWatch } from "../../support/fake-api-server/bare-client.ts";
import { startFakeApiServer } from "../../support/fake-api-server/fake-api-server.ts";
import type { FakeApiServer } from "../../support/fake-api-server/fake-api-server.ts";
import { failure } from "../../support/fake-api-server/status.ts";

const SECRETS = "/api/v1/namespaces/shop/secrets";

for (const protocol of ["h2", "http/1.1"] as const) {
  describe(`FakeApiServer: scripts over ${protocol}`, () => {
    let server: FakeApiServer;
    let client: BareClient;

    beforeEach(async () => {
      server = await startFakeApiServer();
      client = createBareClient(server.url, { ca: server.caPem }, protocol);
    });
    afterEach(async () => {
      client.close();
      await server.stop();
    });

    async function failureOf(promise: Promise<unknown>): Promise<string> {
      try {
        await promise;
      } catch (error) {
        return (error as NodeJS.ErrnoException).code ?? String(error);
      }
      return "no failure";
    }

    it("answers the next requests that match, in the order of the scripts, and then by itself again", async () => {
      server.scripts.next(
        { verb: "list" },
        { kind: "answer", status: 503, body: failure({ message: "no", code: 503 }) },
        2,
      );
      const headers = { "retry-after": "7" };
      server.scripts.next({}, { kind: "answer", status: 429, headers, body: "Too many requests\n" });
      const seen = [];
      for (let i = 0; i < 4; i += 1) seen.push(await client.send(SECRETS));
      expect(seen.map(({ status }) => status)).to.deep.equal([503, 503, 429, 200]);
      expect(seen[2]?.headers["retry-after"]).to.equal("7");
      expect(seen[2]?.headers["content-type"]).to.equal("text/plain; charset=utf-8");
      expect(server.scripts.pending).to.equal(0);
      expect(server.requests.all().map((record) => record.scripted)).to.deep.equal([true, true, true, false]);
    });

    it("holds an answer until it is let go, and can leave a request without a byte", async () => {
      let release: (() => void) | undefined;
      const until = new Promise<void>((resolve) => (release = resolve));
      server.scripts.next({}, { kind: "pass", until });
      const answer = client.send(SECRETS);
      const record = await server.requests.next();
      expect(record.status).to.equal(undefined);
      release?.();
      expect((await answer).status).to.equal(200);
      server.scripts.next({}, { kind: "hang" });
      void client.send(SECRETS).catch(() => undefined);
      expect((await server.requests.next()).endedAtMs).to.equal(undefined);
    });

    it("streams a body in the given splits, even inside a character", async () => {
      const line = Buffer.from('{"type":"ADDED","object":{"metadata":{"name":"\u00e9"}}}\n');
      const cut = line.indexOf(0xc3) + 1;
      server.scripts.next(
        {},
        { kind: "stream", chunks: [line.subarray(0, cut), line.subarray(cut)], then: "end" },
      );
      const stream = await client.watch(SECRETS);
      const chunks = [await stream.chunk(), await stream.chunk()].map((chunk) => chunk?.length);
      expect(chunks).to.deep.equal([cut, line.length - cut]);
      expect(await stream.chunk()).to.equal(undefined);
    });

    it("cuts a watch after a number of events, cleanly or with a reset", async () => {
      for (const name of ["a", "b", "c"]) server.putSecret("shop", name, { k: "v" });
      for (const then of ["end", "reset-stream", "reset-connection"] as const) {
        server.scripts.next(
          { verb: "watch" },
          { kind: "pass", line: (_, index) => (index === 1 ? { then } : undefined) },
        );
        const bare = createBareClient(server.url, { ca: server.caPem }, protocol);
        const stream = await bare.watch(`${SECRETS}?watch=1`);
        expect((await stream.next())?.object.metadata.name).to.equal("a");
        if (then === "end") expect(await stream.next()).to.equal(undefined);
        else expect(await failureOf(stream.next())).to.not.equal("no failure");
        bare.close();
      }
    });

    it("alters single lines: truncated, swallowed, in pieces", async () => {
      for (const name of ["a", "b", "c"]) server.putSecret("shop", name, { k: "v" });
      const line = (text: string, index: number): { chunks?: string[] } | undefined => {
        if (index === 0) return {};
        return index === 1 ? { chunks: [text.slice(0, 9), `${text.slice(9)}\n`] } : undefined;
      };
      server.scripts.next({ verb: "watch" }, { kind: "pass", line });
      const stream = await client.watch(`${SECRETS}?watch=1`);
      expect((await stream.next())?.object.metadata.name).to.equal("b");
      expect((await stream.next())?.object.metadata.name).to.equal("c");
    });

    it("breaks a request off before any answer", async () => {
      for (const kind of ["reset-stream", "reset-connection"] as const) {
        const bare = createBareClient(server.url, { ca: server.caPem }, protocol);
        server.scripts.next({}, { kind });
        expect(await failureOf(bare.send(SECRETS))).to.not.equal("no failure");
        bare.close();
      }
    });

    it("lets a test speak on an open watch: stray lines, an ERROR, silence", async () => {
      const stream: BareWatch = await client.watch(
        `${SECRETS}?watch=1&resourceVersion=1&allowWatchBookmarks=1`,
      );
      const [open] = server.watches({ namespace: "shop" });
      open?.line('{"type":"ADDED","object":{"metadata":{"name":"stray"}}}');
      expect((await stream.next())?.object.metadata.name).to.equal("stray");
      open?.mute();
      server.putSecret("shop", "a", { k: "v" });
      open?.error(failure({ message: "boom", code: 500 }));
      expect((await stream.next())?.object.code).to.equal(500);
      expect(await stream.next()).to.equal(undefined);
      expect(server.watches()).to.deep.equal([]);
    });
  });
}
