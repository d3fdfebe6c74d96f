/**
 * Parts as in docs/lifetimes.md: `split.sh | kubectl apply --server-side` on a real API server, rotated while a client
 * watches.
 */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { KubeApiServer } from "../support/kube/kube-api-server.ts";
import { QUICK_STOP } from "../support/kube/kube-api-server.ts";
import { KubeTenant } from "../support/kube/kube-tenant.ts";
import { kubectl } from "../support/kube/kubectl.ts";
import { describeKube, startKubeApiServer } from "../support/kube/shared-kube-api-server.ts";

const SPLIT = join(import.meta.dirname, "..", "..", "examples", "parts", "split.sh");
const BUNDLE_BYTES = 2_500_000;

describeKube("parts: a credential of 2.5 MB", () => {
  let server: KubeApiServer;
  let folder: string;

  before(async () => {
    server = await startKubeApiServer({ flags: QUICK_STOP });
    folder = mkdtempSync(join(tmpdir(), "podkey-parts-"));
    mkdirSync(join(folder, "files"));
  });

  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  async function apply(namespace: string, bundle: Buffer): Promise<void> {
    writeFileSync(join(folder, "files", "bundle.pem"), bundle);
    const half = bundle.subarray(0, 8).toString("hex");
    writeFileSync(join(folder, "files", "id"), half);
    const manifests = execFileSync("sh", [SPLIT, "trust", join(folder, "files")], {
      maxBuffer: 64 * 1024 * 1024,
    });
    writeFileSync(join(folder, "parts.yaml"), manifests);
    await kubectl(server, "-n", namespace, "apply", "--server-side", "-f", join(folder, "parts.yaml"));
  }

  it("is watched as one credential that is complete at every moment of five rotations", async function () {
    this.timeout(240_000);
    const tenant = await KubeTenant.create(server);
    const bundles = Array.from({ length: 6 }, () => randomBytes(BUNDLE_BYTES));
    const [first = Buffer.alloc(0), ...later] = bundles;
    await apply(tenant.namespace, first);
    const podkey = await tenant.serve();
    const watched = await podkey.watch();
    const shown = (): Buffer | undefined => watched.credentials.get(tenant.key("trust"))?.data["bundle.pem"];
    expect([...watched.credentials.keys()]).to.deep.equal([tenant.key("trust")]);
    expect(shown()?.equals(first)).to.equal(true);
    for (const bundle of later) {
      const torn: string[] = [];
      const applied = apply(tenant.namespace, bundle);
      await watched.until("the rotation", () => {
        const data = watched.credentials.get(tenant.key("trust"))?.data;
        const isWhole = data?.["id"]?.toString() === data?.["bundle.pem"]?.subarray(0, 8).toString("hex");
        if (!isWhole || !bundles.some((one) => shown()?.equals(one) === true)) torn.push("torn");
        return shown()?.equals(bundle) === true;
      });
      await applied;
      expect(torn).to.deep.equal([]);
    }
    await podkey.stop();
  });
});
