// The findings and exit codes of `podkey check`.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { FakeApiServer } from "../support/fake-api-server/fake-api-server.ts";
import { writeKubeconfig } from "../support/kube/kubeconfig.ts";
import { Canaries } from "../support/process/canary.ts";
import type { Ended } from "../support/process/run-podkey.ts";
import { runPodkey } from "../support/process/run-podkey.ts";

describe("podkey check", function () {
  this.timeout(20_000);
  let folder: string;
  let server: FakeApiServer;
  let canaries: Canaries;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "podkey-check-"));
    canaries = new Canaries();
    server = new FakeApiServer();
    await server.start();
    server.putSecret("default", "db", { password: canaries.plant("data") });
  });
  afterEach(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  async function check(args: readonly string[] = []): Promise<Ended> {
    const token = canaries.plant("token");
    server.access.setTokens({ [token]: "system:serviceaccount:shop:podkey" });
    const kubeconfig = writeKubeconfig(join(folder, "kubeconfig"), {
      url: server.url,
      caPem: server.caPem,
      identity: { kind: "token", token },
    });
    const common = ["--kubeconfig", kubeconfig, "--listen", `unix:${join(folder, "p.sock")}`];
    const ended = await runPodkey(["check", ...common, ...args]);
    expect(canaries.foundIn(ended.stdout + ended.stderr)).to.deep.equal([]);
    return ended;
  }

  it("exits with 0 if serve would work", async () => {
    const { code, stdout } = await check();
    expect(code, stdout).to.equal(0);
    expect(stdout)
      .to.match(/^ok {4}permission {8}/m)
      .and.to.match(/^ok {4}selection {9}matches 1 credential,/m);
  });

  it("exits with 3 and prints the kubectl command if a permission is missing", async () => {
    server.access.setRules([
      { verbs: ["create"], resources: ["*"] },
      { verbs: ["list"], resources: ["secrets"] },
    ]);
    const { code, stdout } = await check();
    expect(code, stdout).to.equal(3);
    expect(stdout).to.match(
      /^fail {2}permission .* may not watch secrets in namespace default; check with: kubectl auth can-i watch secrets -n default/m,
    );
  });

  it("warns about a selector without matches, and exits with 5 if a required credential is missing", async () => {
    const nothing = await check(["--selector", "app=none"]);
    expect(nothing.stdout).to.match(/^warn {2}selection .*matches nothing; label Secrets to match app=none/m);
    expect(nothing.code).to.equal(0);
    expect((await check(["--require", "api"])).code).to.equal(5);
  });

  it("warns about rules that trust every writer of Secrets", async () => {
    const file = join(folder, "c.yaml");
    writeFileSync(
      file,
      `apiVersion: config.podkey.dev/v1\nkind: SidecarConfiguration\nconsumers:\n  - {name: web, listen: "unix:${folder}/w.sock", allow: [{names: [db]}, {names: ["db-*"]}]}\n`,
    );
    const { stdout } = await runPodkey(["check", "--config", file, "--source", "volume", "--volume", folder]);
    expect(stdout).to.match(/^warn {2}policy web .*allow\[1\] has no exact names/m);
  });

  it("names the near misses of an empty selection, in a cluster and in a folder", async () => {
    server.putSecret(
      "default",
      "api",
      { key: canaries.plant("unselected") },
      { labels: { "podkey.dev/serve": "True" } },
    );
    server.store.delete("secrets", "default", "db");
    expect((await check()).stdout).to.match(
      /it nearly matches: default\/api \(podkey.dev\/serve is "True" there\)\./,
    );
    const manifest = {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "web", labels: { tier: "front" } },
    };
    writeFileSync(join(folder, "web.json"), JSON.stringify(manifest));
    const { stdout } = await runPodkey([
      ...["check", "--source", "manifests", "--manifests", folder, "--selector", "teir=front"],
      ...["--listen", `unix:${join(folder, "p.sock")}`],
    ]);
    expect(stdout).to.match(/it nearly matches: default\/web \(it has tier, not teir\)\./);
  });

  it("prints the version of the server, and warns if its clock differs", async () => {
    expect((await check()).stdout)
      .to.match(/^ok {4}api server .* is Kubernetes v1\.\d+/m)
      .and.not.to.match(/clock/);
    const date = new Date(Date.now() - 3_600_000).toUTCString();
    server.scripts.next(
      { path: /^\/version$/ },
      { kind: "answer", status: 200, headers: { "content-type": "application/json", date }, body: {} },
    );
    expect((await check()).stdout).to.match(
      /^warn {2}clock .*podkey's clock is 3[56]\d\d s ahead of the API server's/m,
    );
  });

  it("checks only the pods of a manifest with -f", async () => {
    const file = join(folder, "pods.yaml");
    const spec = { automountServiceAccountToken: true, initContainers: [{ name: "podkey" }], containers: [] };
    writeFileSync(
      file,
      `---\n${JSON.stringify({ kind: "Deployment", metadata: { name: "web" }, spec: { template: { spec } } })}\n`,
    );
    const { code, stdout } = await runPodkey(["check", "-f", file]);
    expect(stdout)
      .to.match(/^fail {2}Deployment web {2}automountServiceAccountToken is not false/)
      .and.not.to.match(/listener/);
    expect(code).to.equal(2);
    writeFileSync(file, "a: [");
    expect((await runPodkey(["check", "-f", file])).stdout).to.match(
      /^fail .*pods\.yaml {2}line 1 is not valid YAML/,
    );
    writeFileSync(file, "kind: Service\n");
    expect((await runPodkey(["check", "-f", file])).stdout).to.match(/contains no Pod, Deployment/);
    expect((await runPodkey(["check", "-f", join(folder, "none")])).stderr).to.match(
      /cannot be read \(ENOENT\)/,
    );
  });

  it("prints JSON with -o json", async () => {
    const { stdout } = await check(["-o", "json"]);
    const { findings } = JSON.parse(stdout) as { readonly findings: readonly object[] };
    expect(findings[0]).to.deep.equal({ subject: "configuration", level: "ok", text: "can be read." });
  });

  it("exits with 2 if the configuration is not valid", async () => {
    const { code, stdout } = await check(["--drain", "soon"]);
    expect(code).to.equal(2);
    expect(stdout).to.match(/^fail {2}configuration {2}--drain: "soon" is not a valid duration/);
  });
});
