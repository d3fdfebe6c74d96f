/** The Watch protocol. Registered by rpc.contract.ts. */
import { expect } from "chai";
import type { WatchResponse__Output } from "../../../src/client/generated/podkey/v1/WatchResponse.ts";
import { errorFacts } from "../../support/rpc/status-details.ts";
import type { RpcEndpoint } from "./rpc-endpoint.ts";

const isSynced = ({ event }: WatchResponse__Output): boolean => event === "synced";
const isWhole = ({ event, change }: WatchResponse__Output): boolean =>
  event === "change" && change?.more === false;

/** Tests of Watch against the endpoint that `current` gives. */
export function describeWatches(current: () => RpcEndpoint): void {
  describe("Watch", () => {
    it("starts with reset, items in order and synced; then sends changes", async () => {
      const endpoint = current();
      for (const name of ["w-b", "w-a"]) await endpoint.put({ name, data: { k: "1" }, labels: { w: "1" } });
      const reader = endpoint.client().watch({ labelSelector: "w=1" });
      const start = await reader.until(isSynced);
      expect(start.map(({ event }) => event)).to.deep.equal(["reset", "item", "item", "synced"]);
      expect(start[0]?.reset?.reason).to.equal("REASON_INITIAL");
      expect(start.map(({ item }) => item?.name)).to.deep.equal([undefined, "w-a", "w-b", undefined]);
      await endpoint.put({ name: "w-a", data: { k: "2" }, labels: { w: "1" } });
      const change = await reader.next();
      expect(change.change?.changed.map(({ name, data }) => [name, data["k"]?.toString()])).to.deep.equal([
        ["w-a", "2"],
      ]);
      reader.call.cancel();
    });

    it("sets token, revision and freshness together, on synced and complete changes only", async () => {
      const endpoint = current();
      await endpoint.put({ name: "wt", data: { k: "1" } });
      const reader = endpoint.client().watch({ names: ["wt"] });
      const start = await reader.until(isSynced);
      await endpoint.put({ name: "wt", data: { k: "2" } });
      for (const message of [...start, await reader.next()]) {
        const isState = message.event === "synced" || message.event === "change";
        expect(message.resumeToken !== "", message.event).to.equal(isState);
        expect(message.revision !== null, message.event).to.equal(isState);
        if (isState) expect(message.freshness?.state).to.equal("STATE_FRESH");
      }
      reader.call.cancel();
    });

    it("sends a deletion, and a credential that stops matching, as removed", async () => {
      const endpoint = current();
      for (const name of ["wr-a", "wr-b"]) await endpoint.put({ name, data: {}, labels: { wr: "1" } });
      const reader = endpoint.client().watch({ labelSelector: "wr=1" });
      await reader.until(isSynced);
      await endpoint.remove("wr-a");
      const deleted = await reader.next();
      expect(deleted.change?.removed).to.have.lengthOf(1);
      expect(deleted.change?.removed[0]).to.include({ namespace: "shop", name: "wr-a" });
      await endpoint.put({ name: "wr-b", data: {}, labels: { wr: "2" } });
      const flipped = await reader.next();
      expect(flipped.change?.removed.map(({ name }) => name)).to.deep.equal(["wr-b"]);
      expect(flipped.change?.changed).to.deep.equal([]);
      reader.call.cancel();
    });

    it("sends nothing about credentials that the request does not select", async () => {
      const endpoint = current();
      const reader = endpoint.client().watch({ names: ["wn-mine"] });
      await reader.until(isSynced);
      await endpoint.put({ name: "wn-other", data: { k: "1" } });
      await endpoint.put({ name: "wn-mine", data: { k: "1" } });
      const { change } = await reader.next();
      expect(change?.changed.map(({ name }) => name)).to.deep.equal(["wn-mine"]);
      reader.call.cancel();
    });

    it("shows a changed value in VIEW_METADATA by the credential's revision", async () => {
      const endpoint = current();
      await endpoint.put({ name: "wm", data: { k: "1" } });
      const reader = endpoint.client().watch({ names: ["wm"], view: "VIEW_METADATA" });
      const start = await reader.until(isSynced);
      await endpoint.put({ name: "wm", data: { k: "2" } });
      const { change } = await reader.next();
      const before = start.find(({ event }) => event === "item")?.item;
      expect(change?.changed[0]?.data).to.deep.equal({});
      expect(Number(change?.changed[0]?.revision)).to.be.above(Number(before?.revision));
      reader.call.cancel();
    });

    it("resumes with one merged change and synced, without a reset", async () => {
      const endpoint = current();
      const client = endpoint.client();
      for (const name of ["wz-a", "wz-b"]) await endpoint.put({ name, data: { k: "1" } });
      const request = { names: ["wz-a", "wz-b", "wz-c"] };
      const first = client.watch(request);
      const token = (await first.until(isSynced)).at(-1)?.resumeToken ?? "";
      // A second reader shows that the changes have arrived before the first one resumes.
      const other = client.watch(request);
      await other.until(isSynced);
      first.call.cancel();
      await endpoint.put({ name: "wz-a", data: { k: "2" } });
      await endpoint.put({ name: "wz-a", data: { k: "3" } });
      await endpoint.remove("wz-b");
      await endpoint.put({ name: "wz-c", data: { k: "1" } });
      await other.until(({ change }) => change?.changed.some(({ name }) => name === "wz-c") === true);
      const again = client.watch({ ...request, resumeToken: token, requireResume: true });
      const messages = await again.until(isSynced);
      expect(messages.map(({ event }) => event)).to.deep.equal(["change", "synced"]);
      const change = messages[0]?.change;
      expect(change?.changed.map(({ name, data }) => [name, data["k"]?.toString()])).to.deep.equal([
        ["wz-a", "3"],
        ["wz-c", "1"],
      ]);
      expect(change?.removed.map(({ name }) => name)).to.deep.equal(["wz-b"]);
      other.call.cancel();
      again.call.cancel();
    });

    it("resumes with synced alone when nothing changed", async () => {
      const endpoint = current();
      const client = endpoint.client();
      await endpoint.put({ name: "wq", data: { k: "1" } });
      const first = client.watch({ names: ["wq"] });
      const token = (await first.until(isSynced)).at(-1)?.resumeToken ?? "";
      first.call.cancel();
      const again = client.watch({ names: ["wq"], resumeToken: token });
      expect((await again.next()).event).to.equal("synced");
      again.call.cancel();
    });

    it("resets a token of other filters with REQUEST_CHANGED, or refuses with require_resume", async () => {
      const endpoint = current();
      const client = endpoint.client();
      const first = client.watch({ names: ["wf"] });
      const token = (await first.until(isSynced)).at(-1)?.resumeToken ?? "";
      first.call.cancel();
      const other = client.watch({ names: ["wg"], resumeToken: token });
      expect((await other.next()).reset?.reason).to.equal("REASON_REQUEST_CHANGED");
      other.call.cancel();
      const strict = client.watch({ names: ["wg"], resumeToken: token, requireResume: true });
      expect(errorFacts(await strict.ended())).to.include({
        code: "OUT_OF_RANGE",
        reason: "RESUME_NOT_POSSIBLE",
      });
    });

    it("sends a recreated credential once, with its new uid", async () => {
      const endpoint = current();
      const client = endpoint.client();
      await endpoint.put({ name: "wu", data: { k: "1" } });
      const reader = client.watch({ names: ["wu"] });
      const start = await reader.until(isSynced);
      await endpoint.remove("wu");
      await endpoint.put({ name: "wu", data: { k: "1" } });
      const messages = await reader.until(({ change }) => change?.changed.length === 1);
      const last = messages.at(-1)?.change;
      expect(last?.removed).to.deep.equal([]);
      expect(last?.changed[0]?.uid).to.not.equal(start.find(({ event }) => event === "item")?.item?.uid);
      reader.call.cancel();
    });

    it("splits a change over 1 MiB into parts that end with more = false", async () => {
      const endpoint = current();
      const client = endpoint.client();
      const names = Array.from({ length: 5 }, (_, at) => `wl-${String(at)}`);
      const first = client.watch({ names });
      const token = (await first.until(isSynced)).at(-1)?.resumeToken ?? "";
      for (const name of names) await endpoint.put({ name, data: { k: "y".repeat(400_000) } });
      await first.until(({ change }) => change?.changed.some(({ name }) => name === "wl-4") === true);
      first.call.cancel();
      const again = client.watch({ names, resumeToken: token });
      const messages = await again.until(isWhole);
      expect(messages.map(({ change }) => change?.more)).to.deep.equal([true, true, false]);
      expect(messages.map(({ resumeToken }) => resumeToken !== "")).to.deep.equal([false, false, true]);
      expect(messages.flatMap(({ change }) => change?.changed.map(({ name }) => name))).to.deep.equal(names);
      again.call.cancel();
      for (const name of names) await endpoint.remove(name);
    });
  });
}
