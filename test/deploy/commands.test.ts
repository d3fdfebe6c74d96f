/**
 * Runs the commands of docs/kubernetes.md in their order against a real API server with the CRDs of the projects in
 * deploy/examples/beside.
 */
import { expect } from "chai";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { env } from "node:process";
import { ROOT } from "../support/docs/checkout.ts";
import { markdownBlocks } from "../support/docs/markdown-blocks.ts";
import { goTool } from "../support/go-tool.ts";
import { findKubeAssets } from "../support/kube/assets.ts";
import type { KubeApiServer } from "../support/kube/kube-api-server.ts";
import { kubectl } from "../support/kube/kubectl.ts";
import { describeKube, startKubeApiServer } from "../support/kube/shared-kube-api-server.ts";
import { runCommand } from "../support/run-command.ts";
import { findCrds } from "./crds/crds.ts";

const BLOCKS = markdownBlocks(readFileSync(join(ROOT, "docs", "kubernetes.md"), "utf8")).filter(
  ({ run }) => run?.where === "deploy",
);

describeKube("docs/kubernetes.md", function () {
  this.timeout(400_000);
  let server: KubeApiServer;
  let environment: Readonly<Record<string, string>>;

  /** The reader's cluster: a namespace with a Secret, without objects of podkey. */
  async function startCluster(): Promise<void> {
    server = await startKubeApiServer();
    const folders = [findKubeAssets() ?? "", dirname(await goTool("helm")), env["PATH"] ?? ""];
    const identity = { kind: "certificate", pair: server.pki.admin } as const;
    const kubeconfig = server.writeKubeconfig("reader.kubeconfig", identity);
    environment = { PATH: folders.join(delimiter), KUBECONFIG: kubeconfig };
    for (const crd of await findCrds()) await kubectl(server, "create", "-f", crd);
    await server.objects.createNamespace("shop");
    await server.objects.putSecret("shop", "db-main", { data: { password: "old" } });
  }

  before(startCluster);
  after(() => server.stop());

  it("shows commands", () => expect(BLOCKS.length).to.be.greaterThan(3));

  for (const { code, line } of BLOCKS)
    it(`runs line ${String(line)}: ${code.split("\n")[0] ?? ""}`, async () => {
      if (code.startsWith("helm")) {
        // The chart installs the same objects.
        await server.stop();
        await startCluster();
      }
      await runCommand("sh", ["-eu", "-c", code], environment, ROOT);
    });
});
