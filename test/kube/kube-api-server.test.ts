/** Tests of the test support itself: the properties of KubeApiServer that other suites rely on. */
import { expect } from "chai";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { findKubeAssets } from "../support/kube/assets.ts";
import type { KubeApiServer } from "../support/kube/kube-api-server.ts";
import { KubeClient } from "../support/kube/kube-client.ts";
import { READ_SECRETS } from "../support/kube/kube-objects.ts";
import { describeKube, startKubeApiServer } from "../support/kube/shared-kube-api-server.ts";

const run = promisify(execFile);

describeKube("KubeApiServer", () => {
  let server: KubeApiServer;

  before(async () => {
    server = await startKubeApiServer();
    await server.objects.createNamespace("shop");
  });

  after(() => server.stop());

  const kubectl = async (kubeconfig: string, ...args: readonly string[]): Promise<string> => {
    const { stdout } = await run(join(findKubeAssets() ?? "", "kubectl"), [
      "--kubeconfig",
      kubeconfig,
      ...args,
    ]);
    return stdout.trim();
  };

  it("is the version that go.mod pins", async () => {
    const version = (await server.admin.send("GET", "/version")) as { readonly gitVersion: string };
    expect(version.gitVersion).to.match(/^v1\.\d+\.\d+$/);
  });

  it("allows a ServiceAccount what its Role grants and nothing else", async () => {
    await server.objects.createServiceAccount("shop", "reader");
    await server.objects.grant("shop", "reader", {
      namespace: "shop",
      serviceAccount: "reader",
      rules: [READ_SECRETS],
    });
    await server.objects.putSecret("shop", "db", { data: { password: "old" } });
    const token = await server.objects.requestToken("shop", "reader");
    const kubeconfig = server.writeKubeconfig(
      "reader.kubeconfig",
      { kind: "token", token },
      { namespace: "shop" },
    );
    expect(await kubectl(kubeconfig, "get", "secret", "db", "-o", "jsonpath={.data.password}")).to.equal(
      "b2xk",
    );
    const denied = await kubectl(kubeconfig, "delete", "secret", "db").catch(String);
    expect(denied).to.contain('cannot delete resource "secrets"');
  });

  it("refuses a token that has expired", async () => {
    await server.objects.createServiceAccount("shop", "late");
    const token = await server.objects.requestToken("shop", "late");
    const bearer = async (value: string): Promise<string> =>
      kubectl(
        server.writeKubeconfig("late.kubeconfig", { kind: "token", token: value }),
        "auth",
        "whoami",
        "-o",
        "name",
      ).catch(String);
    expect(await bearer(server.expireToken(token, 60))).to.contain("selfsubjectreview");
    expect(await bearer(server.expireToken(token, -120))).to.contain("Unauthorized");
  });

  it("keeps its state through a kill and a restart with other flags", async () => {
    await server.objects.putSecret("shop", "kept", { data: { password: "old" } });
    await server.restart({ signal: "SIGKILL", flags: ["--feature-gates=WatchList=false"] });
    expect((await server.objects.getSecret("shop", "kept")).data).to.deep.equal({ password: "b2xk" });
    const watch = "/api/v1/secrets?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";
    expect((await server.admin.ask("GET", watch)).status).to.equal(422);
  });

  it("restores an older etcd", async () => {
    await server.objects.putSecret("shop", "rewound", { data: { password: "old" } });
    const before = await server.objects.getSecret("shop", "rewound");
    const saved = await server.saveEtcd();
    await server.objects.putSecret("shop", "rewound", { data: { password: "new" } });
    await server.restoreEtcd(saved);
    expect((await server.objects.getSecret("shop", "rewound")).metadata).to.deep.equal(before.metadata);
  });

  it("answers 410 for a version that was compacted away", async () => {
    await server.objects.putSecret("shop", "compacted", { data: { password: "old" } });
    const { resourceVersion } = (await server.objects.getSecret("shop", "compacted")).metadata;
    await server.objects.putSecret("shop", "compacted", { data: { password: "new" } });
    expect(await server.compact()).to.be.greaterThan(Number(resourceVersion));
    // Before a restart the watch cache still has versions that etcd has compacted.
    await server.restart();
    const exact = `/api/v1/secrets?resourceVersion=${resourceVersion}&resourceVersionMatch=Exact`;
    expect((await server.admin.ask("GET", exact)).status).to.equal(410);
  });

  it("leaves no process and no folder behind", async () => {
    const other = await startKubeApiServer();
    await other.stop();
    expect(existsSync(other.folder)).to.equal(false);
    const { url, pki } = other;
    const client = new KubeClient({ url, caPem: pki.caPem, identity: pki.admin });
    expect(await client.ask("GET", "/readyz").catch(() => "refused")).to.equal("refused");
  });
});
