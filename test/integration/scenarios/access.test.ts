/** Tokens, certificates and permissions that change while podkey runs (scenarios 29 to 34, 52, 53 of test/support/scenarios.ts). */
import { expect } from "chai";
import { KUBE_PARAMETERS } from "../../../src/source/kubernetes/target/parameters.ts";
import { createCertificateAuthority } from "../../support/tls/certificate-authority.ts";
import { labs } from "./lab-hooks.ts";
import type { WireLab } from "./wire-lab.ts";

const USER = "system:serviceaccount:shop:web";
const READ = { verbs: ["get", "list", "watch"], resources: ["secrets"] } as const;

describe("access to the API server", () => {
  const open = labs();

  async function live(more: Parameters<typeof open>[0] = {}): Promise<WireLab> {
    const lab = open(more);
    lab.put("a", "1");
    await lab.live();
    return lab;
  }
  /** Ends the watch, and waits until a value written after it is served. */
  async function reconnects(lab: WireLab, text: string): Promise<void> {
    (await lab.server.watch()).end();
    lab.put("a", text);
    await lab.untilText("a", text);
  }

  it("scenario 29: reads a rotated token at once on a 401 and sends again, without a backoff step", async () => {
    // Never old enough to be read again, even if the machine sleeps.
    const lab = await live({ parameters: { tokenMaxAgeMs: 3_600_000 } });
    const before = lab.server.requests.count({ verb: "watch" });
    lab.server.access.setTokens({ "token-2": USER });
    lab.writeToken("token-2");
    await reconnects(lab, "2");
    const watches = lab.server.requests.all({ verb: "watch" }).slice(before);
    expect(watches.map(({ status }) => status)).to.deep.equal([401, 200]);
    expect(lab.counted.filter((line) => line.startsWith("retry"))).to.deep.equal([]);
  });

  it("scenario 30: keeps the old token while the file is empty", async () => {
    const lab = await live();
    lab.writeToken("");
    // Counted from here: a busy machine may have read the token late.
    const dueAtMs = lab.nowMs + KUBE_PARAMETERS.tokenMaxAgeMs;
    await lab.until("a token that is due", () => lab.nowMs > dueAtMs);
    await reconnects(lab, "2");
    expect(lab.logged.map(({ event }) => event)).to.include("kube_token_kept");
  });

  it("scenario 31: reads a rotated CA at once on a certificate error and connects in the same attempt", async () => {
    const lab = await live();
    const authority = createCertificateAuthority("next");
    lab.server.setCertificate(authority.issue());
    lab.writeCa(authority.certificatePem);
    lab.relay.reset();
    lab.put("a", "2");
    await lab.untilText("a", "2");
    expect(lab.counted.filter((line) => line.includes("tls"))).to.deep.equal([]);
  });

  it("scenario 32: keeps the old CA while the file is garbage", async () => {
    const lab = await live();
    lab.writeCa("-----BEGIN CERTIFICATE-----\ngarbage\n-----END CERTIFICATE-----\n");
    const dueAtMs = lab.nowMs + KUBE_PARAMETERS.tlsMaterialMaxAgeMs;
    await lab.until("a bundle that is due", () => lab.nowMs > dueAtMs);
    lab.relay.reset();
    lab.put("a", "2");
    await lab.untilText("a", "2");
    expect(lab.logged.map(({ event }) => event)).to.include("kube_ca_kept");
  }).timeout(12_000);

  it("scenario 33: waits on a 403 from the start, explains the wildcard once, and recovers when granted", async () => {
    const lab = await open().listen();
    lab.put("a", "1");
    lab.server.access.setRules([{ ...READ, namespaces: ["shop"], resourceNames: ["nebula-credentials-*"] }]);
    await lab.start();
    await lab.until("the diagnosis", () => lab.logged.some(({ event }) => event === "kube_forbidden"));
    await lab.server.requests.reached(4, { resource: "secrets" });
    expect(lab.store.isSynced).to.equal(false);
    expect(lab.freshness().reason).to.equal("FORBIDDEN");
    const told = lab.logged.filter(({ event }) => event === "kube_forbidden");
    expect(told).to.have.length(1);
    expect(JSON.stringify(told))
      .to.include("kubectl auth can-i")
      .and.match(/wildcard|\*/);
    lab.server.access.setRules();
    await lab.untilText("a", "1");
  });

  it("scenario 34: serves on when the right is revoked, STALE FORBIDDEN in time, and recovers", async function () {
    this.timeout(10_000);
    const lab = await live();
    lab.server.access.setRules([]);
    (await lab.server.watch()).end();
    await lab.until("STALE", () => lab.freshness().state === "STALE");
    expect(lab.freshness().reason).to.equal("FORBIDDEN");
    expect(lab.text("a")).to.equal("1");
    lab.put("a", "2");
    lab.server.access.setRules();
    await lab.untilText("a", "2");
    await lab.until("FRESH", () => lab.freshness().state === "FRESH");
  });

  it("scenario 52: one forbidden scope stales its own credentials and nobody else's", async function () {
    this.timeout(10_000);
    const lab = await open({ selection: { namespaces: ["shop", "pay"] } }).listen();
    lab.put("a", "1");
    lab.put("p", "1", "pay");
    lab.server.access.setRules([{ ...READ, namespaces: ["shop"] }]);
    await lab.start();
    await lab.server.requests.reached(2, { namespace: "pay" });
    expect(lab.store.isSynced).to.equal(false);
    lab.server.access.setRules();
    await lab.until("the first sync", () => lab.store.isSynced);
    const shop = await lab.server.watch({ namespace: "shop" });
    lab.server.access.setRules([{ ...READ, namespaces: ["shop"] }]);
    (await lab.server.watch({ namespace: "pay" })).end();
    await lab.until("pay is STALE", () => lab.freshness("pay").reason === "FORBIDDEN");
    expect(lab.freshness("shop").state).to.equal("FRESH");
    expect(shop.closed).to.equal(false);
    expect(lab.text("p", "pay")).to.equal("1");
  });

  it("scenario 53: an expired token does not touch the open watch, and costs one 401 at the next", async () => {
    const lab = await live();
    lab.server.access.setTokens({ "token-2": USER });
    lab.put("a", "2");
    await lab.untilText("a", "2");
    lab.writeToken("token-2");
    await reconnects(lab, "3");
    expect(
      lab.server.requests.all({ verb: "watch" }).filter(({ status }) => status === 401),
    ).to.have.length.at.most(1);
    expect(lab.freshness().state).to.equal("FRESH");
  });
});
