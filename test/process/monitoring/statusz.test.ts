// /statusz of a complete podkey: the folder, files that cannot be used, and nothing about single credentials without the opt-in.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { FakeApiServer } from "../../support/fake-api-server/fake-api-server.ts";
import { writeKubeconfig } from "../../support/kube/kubeconfig.ts";
import { runPodkey, RunningPodkey } from "../../support/process/run-podkey.ts";

const SECRET = `apiVersion: v1
kind: Secret
metadata:
  name: db-main
  annotations: {podkey.dev/expires-at: "2099-01-01T07:08:09Z"}
stringData: {password: twelve-chars}
`;

describe("statusz of a running podkey", function () {
  this.timeout(20_000);
  let folder: string;
  let podkey: RunningPodkey;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "podkey-statusz-"));
    writeFileSync(join(folder, "db.yaml"), SECRET);
  });
  afterEach(async () => {
    podkey.kill("SIGTERM");
    await podkey.ended();
    rmSync(folder, { recursive: true });
  });

  async function serve(args: readonly string[]): Promise<(path: string) => Promise<string>> {
    podkey = new RunningPodkey([
      ...["serve", "--listen", `unix:${folder}/p.sock`, "--admin", "127.0.0.1:0", "--log-format", "json"],
      ...args,
    ]);
    await podkey.logged("app_ready");
    const [, address = ""] = /"event":"app_admin_listening","address":"([^"]+)"/.exec(podkey.output) ?? [];
    return async (path) => (await fetch(`http://${address}${path}`)).text();
  }

  const manifests = (): readonly string[] => ["--source", "manifests", "--manifests", folder];

  it("shows the folder, and files that cannot be used, which /metrics and check report too", async () => {
    writeFileSync(join(folder, "broken.yaml"), "kind: Secret\nmetadata: [\n");
    const get = await serve(manifests());
    const page = await get("/statusz");
    expect(page).to.contain(`manifests in ${folder}`);
    expect(page).to.match(/Files that cannot be used[^]*<td[^>]*>broken\.yaml<\/td><td[^>]*>\d+<\/td>/);
    expect(await get("/metrics")).to.match(/^podkey_source_faulty_files 1$/m);
    const { stdout } = await runPodkey(["check", ...manifests(), "--listen", `unix:${folder}/c.sock`]);
    expect(stdout).to.match(
      /^warn {2}file broken\.yaml {2}cannot be used: line \d+: .*; fix or remove it\.$/m,
    );
  });

  it("has no name, expiry or exact size of a credential", async () => {
    const get = await serve(manifests());
    const page = await get("/statusz");
    expect(page).to.contain("Shown with --metrics-credential-names.").and.to.contain("at most 16B of values");
    expect(page).to.not.match(/db-main|2099-01-01|12 bytes/);
    const metrics = await get("/metrics");
    expect(metrics)
      .to.contain("podkey_snapshot_bytes 16\n")
      .and.to.contain("podkey_credential_size_bytes_sum 16\n");
    const hour = Date.parse("2099-01-01T08:00:00Z") / 1000;
    expect(metrics).to.contain(`podkey_credential_earliest_expire_timestamp_seconds ${String(hour)}\n`);
  });

  it("has names and expiries with --metrics-credential-names", async () => {
    const get = await serve([...manifests(), "--metrics-credential-names"]);
    expect(await get("/statusz")).to.match(
      /<td[^>]*>2099-01-01 07:08 UTC, in \d+ days<\/td><td[^>]*>default\/db-main<\/td>/,
    );
  });

  it("shows one row for all names of a namespace in names mode", async () => {
    const server = new FakeApiServer();
    for (const name of ["db-main", "db-other"]) server.putSecret("shop", name, { password: "x" });
    await server.start();
    try {
      const config = writeKubeconfig(join(folder, "kubeconfig"), {
        url: server.url,
        caPem: server.caPem,
        identity: { kind: "token", token: "t" },
      });
      const get = await serve(["--kubeconfig", config, "--names", "shop/db-main,db-other"]);
      const page = await get("/statusz");
      expect(page.match(/<td[^>]*>names in shop<\/td>/g)).to.have.length(1);
      expect(page).to.not.contain("db-");
    } finally {
      await server.stop();
    }
  });
});
