/** Policy in RPC: a denial depends only on policy and request, and a reload is an ordinary revision. */
import { expect } from "chai";
import type { Policy } from "../../../src/core/select/policy.ts";
import { parseSelector } from "../../../src/core/select/selector.ts";
import { credential } from "../../support/core/credentials.ts";
import type { RpcClient } from "../../support/rpc/client.ts";
import { RpcLab } from "../../support/rpc/rpc-lab.ts";
import { errorFacts, failure } from "../../support/rpc/status-details.ts";

const POLICY: Policy = {
  rules: [
    { names: ["db"], namespaces: ["shop"], keys: ["user"] },
    { names: ["cert-*"], namespaces: ["shop"], selector: parseSelector("kind=cert") },
  ],
};

const isSynced = ({ event }: { readonly event?: string }): boolean => event === "synced";

describe("rpc: policy", () => {
  let lab: RpcLab;
  let client: RpcClient;
  beforeEach(async () => {
    lab = await RpcLab.start();
    lab.view.policy = POLICY;
    lab.view.sync([
      credential("db", { data: { user: "u", password: "p" } }),
      credential("secret"),
      credential("cert-a", { labels: { kind: "cert" } }),
      credential("cert-b", { labels: { kind: "other" } }),
    ]);
    client = lab.client();
  });
  afterEach(() => lab.close());

  it("shows only the allowed keys, in data and in keys", async () => {
    const { credential: found } = await client.get({ name: "db" });
    expect(Object.keys(found?.data ?? {})).to.deep.equal(["user"]);
    expect(found?.keys.map(({ name }) => name)).to.deep.equal(["user"]);
  });

  it("denies a name, key or namespace that no rule allows, whether it exists or not", async () => {
    const existing = await failure(client.get({ name: "secret" }));
    const absent = await failure(client.get({ name: "absent" }));
    expect(existing).to.deep.include({ code: "PERMISSION_DENIED", reason: "POLICY_DENIED" });
    expect(JSON.stringify(absent).replaceAll("absent", "secret")).to.equal(JSON.stringify(existing));
    for (const key of ["password", "no-such-key"])
      expect(await failure(client.get({ name: "db", keys: [key] }))).to.include({ reason: "POLICY_DENIED" });
    for (const call of [client.get({ namespace: "bank", name: "db" }), client.list({ namespace: "bank" })])
      expect(await failure(call)).to.include({ reason: "POLICY_DENIED" });
  });

  it("answers NOT_FOUND where a rule could allow the name but the labels do not match", async () => {
    const hidden = await failure(client.get({ name: "cert-b" }));
    const absent = await failure(client.get({ name: "cert-x" }));
    expect(hidden).to.include({ code: "NOT_FOUND", reason: "CREDENTIAL_NOT_FOUND" });
    expect(JSON.stringify(absent).replaceAll("cert-x", "cert-b")).to.equal(JSON.stringify(hidden));
  });

  it("denies explicit names in List and Watch, while selectors filter silently", async () => {
    expect(await failure(client.list({ names: ["db", "secret"] }))).to.include({ reason: "POLICY_DENIED" });
    const status = await client.watch({ names: ["secret"] }).ended();
    expect(errorFacts(status)).to.include({ reason: "POLICY_DENIED" });
    const { credentials, totalSize } = await client.list({ labelSelector: "!nothing" });
    expect(credentials.map(({ name }) => name)).to.deep.equal(["cert-a", "db"]);
    expect(totalSize).to.equal(2);
    expect(lab.metrics.lines.filter((line) => line === "denied")).to.have.lengthOf(2);
  });

  it("sends one change after a reload and keeps the stream open; open listings expire", async () => {
    const watch = client.watch({});
    await watch.until(isSynced);
    const first = await client.list({ pageSize: 1 });
    lab.view.reload({ rules: [{ names: ["secret", "db"], keys: ["password"] }] });
    const { change } = await watch.next();
    expect(change?.changed.map(({ name, keys }) => [name, keys.map((key) => key.name)])).to.deep.equal([
      ["db", ["password"]],
      ["secret", ["password"]],
    ]);
    expect(change?.removed.map(({ name }) => name)).to.deep.equal(["cert-a"]);
    const expired = await failure(client.list({ pageSize: 1, pageToken: first.nextPageToken }));
    expect(expired).to.include({ code: "ABORTED", reason: "PAGE_EXPIRED" });
  });

  it("answers with the same bytes after a change outside the view", async () => {
    const before = await client.get({ name: "db" });
    lab.view.change([credential("secret", { data: { password: "changed" } })]);
    lab.view.change([credential("db", { data: { user: "u", password: "changed" }, resourceVersion: "9" })]);
    const after = await client.get({ name: "db" });
    expect({ ...after, freshness: null }).to.deep.equal({ ...before, freshness: null });
  });

  it("answers a call that waited during a reload by the new policy", async () => {
    let prove: () => void = () => undefined;
    for (const call of [
      () => client.get({ name: "db", maxAge: { nanos: 1 } }),
      () => client.get({ name: "db", keys: ["user"], maxAge: { nanos: 1 } }),
      () => client.list({ names: ["db"], maxAge: { nanos: 1 } }),
    ]) {
      lab.view.policy = POLICY;
      lab.view.now = { state: "FRESH", ageMs: 30_000, contactAgeMs: 0, reason: undefined };
      const waits = new Promise<void>((waiting) => {
        lab.view.prove = () => {
          waiting();
          return new Promise((resolve) => (prove = () => resolve({ ok: true })));
        };
      });
      const answer = failure(call());
      await waits;
      lab.view.reload({ rules: [{ names: ["cert-*"] }] });
      prove();
      expect(await answer).to.include({ reason: "POLICY_DENIED" });
    }
  });
});
