/** Answers of Get and List. Registered by rpc.contract.ts. */
import { expect } from "chai";
import { failure } from "../../support/rpc/status-details.ts";
import type { RpcEndpoint } from "./rpc-endpoint.ts";

/** Tests of Get and List against the endpoint that `current` gives. */
export function describeReads(current: () => RpcEndpoint): void {
  describe("Get", () => {
    it("returns a credential with values, sizes, type, labels, revision and freshness", async () => {
      const endpoint = current();
      await endpoint.put({ name: "get-db", data: { user: "u", password: "päss" }, labels: { app: "x" } });
      const { credential, revision, freshness } = await endpoint.client().get({ name: "get-db" });
      expect(credential?.data["password"]?.toString()).to.equal("päss");
      expect(credential?.keys).to.deep.equal([
        { name: "password", sizeBytes: "5" },
        { name: "user", sizeBytes: "1" },
      ]);
      expect(credential).to.include({ namespace: "shop", name: "get-db", type: "Opaque", immutable: false });
      expect(credential?.labels).to.deep.equal({ app: "x" });
      expect(Number(credential?.revision)).to.be.at.most(Number(revision?.number));
      expect(freshness).to.include({ state: "STATE_FRESH", reason: "" });
    });

    it("sends only the keys asked for, each once", async () => {
      const endpoint = current();
      await endpoint.put({ name: "get-keys", data: { a: "1", b: "22", c: "333" } });
      const { credential } = await endpoint.client().get({ name: "get-keys", keys: ["c", "a", "c"] });
      expect(Object.keys(credential?.data ?? {})).to.have.members(["a", "c"]);
      expect(credential?.keys.map(({ name }) => name)).to.deep.equal(["a", "c"]);
    });

    it("leaves out the values with VIEW_METADATA", async () => {
      const endpoint = current();
      await endpoint.put({ name: "get-meta", data: { a: "1" } });
      const { credential } = await endpoint.client().get({ name: "get-meta", view: "VIEW_METADATA" });
      expect(credential?.data).to.deep.equal({});
      expect(credential?.keys).to.deep.equal([{ name: "a", sizeBytes: "1" }]);
    });

    it("serves the previous data after a change, until the overlap ends", async () => {
      const endpoint = current();
      const client = endpoint.client();
      await endpoint.put({ name: "get-prev", data: { a: "old" } });
      const before = await client.get({ name: "get-prev" });
      const none = await failure(client.get({ name: "get-prev", generation: "GENERATION_PREVIOUS" }));
      expect(none).to.include({ code: "NOT_FOUND", reason: "PREVIOUS_NOT_FOUND" });
      const reader = client.watch({ names: ["get-prev"] });
      await reader.until(({ event }) => event === "synced");
      await endpoint.put({ name: "get-prev", data: { a: "new" } });
      await reader.until(({ event }) => event === "change");
      reader.call.cancel();
      const now = await client.get({ name: "get-prev" });
      const previous = await client.get({ name: "get-prev", generation: "GENERATION_PREVIOUS" });
      expect(now.credential?.data["a"]?.toString()).to.equal("new");
      expect(now.credential?.previousUntil).to.not.equal(null);
      expect(previous.credential?.data["a"]?.toString()).to.equal("old");
      expect(previous.credential?.revision).to.equal(before.credential?.revision);
      expect(previous.credential?.resourceVersion).to.equal(before.credential?.resourceVersion);
    });

    it("fails with NOT_FOUND for a missing credential, with its name in the details", async () => {
      const error = await failure(current().client().get({ name: "get-nothing" }));
      expect(error).to.include({ code: "NOT_FOUND", reason: "CREDENTIAL_NOT_FOUND", domain: "podkey.dev" });
      expect(error.metadata).to.deep.equal({ namespace: "shop", name: "get-nothing" });
      expect(error.details).to.deep.equal(["ErrorInfo"]);
    });

    it("finds nothing in a namespace that is not served", async () => {
      const error = await failure(current().client().get({ namespace: "elsewhere", name: "x" }));
      expect(error).to.include({ code: "NOT_FOUND", reason: "CREDENTIAL_NOT_FOUND" });
    });

    it("answers with data no older than max_age", async () => {
      const endpoint = current();
      await endpoint.put({ name: "get-age", data: { a: "1" } });
      const { freshness } = await endpoint.client().get({ name: "get-age", maxAge: { seconds: 60 } });
      expect(Number(freshness?.age?.seconds)).to.be.at.most(60);
    });
  });

  describe("List", () => {
    it("returns metadata by default, sorted, with a total", async () => {
      const endpoint = current();
      for (const name of ["list-b", "list-a", "list-c"])
        await endpoint.put({ name, data: { k: name }, labels: { group: "list" } });
      const answer = await endpoint.client().list({ labelSelector: "group=list" });
      expect(answer.credentials.map(({ name }) => name)).to.deep.equal(["list-a", "list-b", "list-c"]);
      expect(answer.credentials.map(({ data }) => data)).to.deep.equal([{}, {}, {}]);
      expect(answer).to.include({ nextPageToken: "", totalSize: 3 });
    });

    it("pages at one revision while the source changes", async () => {
      const endpoint = current();
      const client = endpoint.client();
      for (let at = 0; at < 7; at += 1)
        await endpoint.put({ name: `page-${String(at)}`, data: { k: "old" }, labels: { group: "page" } });
      const request = { labelSelector: "group=page", view: "VIEW_FULL", pageSize: 3 } as const;
      const first = await client.list(request);
      await endpoint.put({ name: "page-4", data: { k: "new" }, labels: { group: "page" } });
      await endpoint.remove("page-5");
      const second = await client.list({ ...request, pageToken: first.nextPageToken });
      const third = await client.list({ ...request, pageSize: 100, pageToken: second.nextPageToken });
      const pages = [first, second, third];
      expect(pages.map(({ credentials }) => credentials.length)).to.deep.equal([3, 3, 1]);
      expect(new Set(pages.map(({ revision }) => revision?.number)).size).to.equal(1);
      expect(pages.map(({ totalSize }) => totalSize)).to.deep.equal([7, 7, 7]);
      const values = pages.flatMap(({ credentials }) => credentials.map(({ data }) => data["k"]?.toString()));
      expect(values).to.deep.equal(Array.from({ length: 7 }, () => "old"));
      expect(third.nextPageToken).to.equal("");
    });

    it("ends a page at 1 MiB, but never without a credential", async () => {
      const endpoint = current();
      const large = "x".repeat(400_000);
      for (const name of ["big-a", "big-b", "big-c"])
        await endpoint.put({ name, data: { k: large }, labels: { group: "big" } });
      const client = endpoint.client();
      const request = { labelSelector: "group=big", view: "VIEW_FULL" } as const;
      const first = await client.list(request);
      const second = await client.list({ ...request, pageToken: first.nextPageToken });
      expect(first.credentials.map(({ name }) => name)).to.deep.equal(["big-a", "big-b"]);
      expect(second.credentials.map(({ name }) => name)).to.deep.equal(["big-c"]);
      for (const name of ["big-a", "big-b", "big-c"]) await endpoint.remove(name);
    });

    it("filters by names, types and selector together", async () => {
      const endpoint = current();
      await endpoint.put({ name: "f-a", data: {}, labels: { f: "1" }, type: "x.dev/a" });
      await endpoint.put({ name: "f-b", data: {}, labels: { f: "1" }, type: "x.dev/b" });
      await endpoint.put({ name: "f-c", data: {}, labels: { f: "2" }, type: "x.dev/a" });
      const answer = await endpoint.client().list({
        namespace: "shop",
        names: ["f-c", "f-b", "f-a", "f-none"],
        types: ["x.dev/a"],
        labelSelector: "f in (1)",
      });
      expect(answer.credentials.map(({ name }) => name)).to.deep.equal(["f-a"]);
    });
  });
}
