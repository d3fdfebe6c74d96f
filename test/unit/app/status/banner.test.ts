// The first log lines.
import { expect } from "chai";
import { bannerFields, consumerFields } from "../../../../src/app/status/banner.ts";
import { loadConfig } from "../../../../src/config/load/load.ts";
import type { SidecarConfig } from "../../../../src/config/schema/sidecar-config.ts";

async function read(file: string): Promise<SidecarConfig> {
  const text = `apiVersion: config.podkey.dev/v1\nkind: SidecarConfiguration\n${file}`;
  const { config } = await loadConfig({
    flags: { origin: "flag", settings: new Map([["config", { texts: ["c.yaml"], where: "--config" }]]) },
    flagProblems: [],
    env: { POD_NAMESPACE: "shop" },
    readText: () => Promise.resolve(text),
    onTerminal: false,
  });
  return config;
}

const FACTS = { version: "1.2.3", server: "https://10.0.0.1" };

describe("log line: started", () => {
  it("has version, server, selection, admin address and limits", async () => {
    expect(bannerFields(await read("namespace: shop\nselector: tier=db\n"), FACTS)).to.deep.equal({
      version: "1.2.3",
      source: "kubernetes at https://10.0.0.1",
      selection: "tier=db in shop",
      admin: "127.0.0.1:19402",
      limits: "10000 credentials, 64MiB",
      configFile: "c.yaml",
    });
  });

  it("has the folder, the names, or all namespaces", async () => {
    const manifests = bannerFields(await read("source: manifests\nmanifests: /m\n"), FACTS);
    expect(manifests).to.include({ source: "manifests in /m" });
    expect(bannerFields(await read("allNamespaces: true\n"), FACTS)["selection"]).to.match(
      / in all namespaces$/,
    );
    expect(bannerFields(await read("names: shop/db\n"), FACTS)["selection"]).to.match(/^names shop\/db/);
  });
});

describe("log line: app_listening", () => {
  it("has the listeners and the policy of each consumer", async () => {
    const { consumers } = await read(`consumers:
  - {name: web, listen: "unix:/run/w.sock", peer: {uid: 7}, allow: [{names: [db], keys: [user]}, {types: [Opaque]}]}
  - {name: none, listen: "unix:/run/n.sock"}
`);
    expect(consumers.map(consumerFields)).to.deep.equal([
      {
        consumer: "web",
        listen: "unix:/run/w.sock",
        policy: "names db keys user or types Opaque",
        peer: "uid=7",
      },
      { consumer: "none", listen: "unix:/run/n.sock", policy: "nothing is allowed", peer: undefined },
    ]);
  });
});
