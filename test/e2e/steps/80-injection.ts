/** Step 80: one label injects podkey into a plain Deployment, by an admission policy of the API server. */
import { expect } from "chai";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import type { Bench, Step } from "../bench.ts";
import { up } from "../bench.ts";
import { IMAGES } from "../images.ts";
import { Tenant } from "../tenant.ts";
import { waitUntil } from "../wait-until.ts";
import { deployment, job } from "../workloads.ts";

const INJECTION = join(import.meta.dirname, "..", "..", "..", "deploy", "injection");

const LABELLED = { labels: { "podkey.dev/inject": "true" } };

/** See the file comment. */
export const INJECTED: Step = {
  number: "80",
  name: "one label injects podkey into a plain Deployment and a Job, and nothing else is changed",
  async run(bench) {
    await applyInjection(bench);
    const tenant = await Tenant.create(bench, "inject");
    await tenant.putSecret("db", { password: "first" });
    await tenant.apply([deployment("web", LABELLED), job("once", LABELLED), deployment("plain")]);
    const web = await tenant.ready("web");
    expect(web.spec.initContainers?.map(({ name }) => name)).to.deep.equal(["podkey"]);
    const read = await tenant.appLine(
      web.metadata.name,
      "its first read",
      ({ event }) => event === "first_read",
    );
    expect(read.value).to.equal("first");
    const program = "console.log(require('fs').existsSync('/var/run/secrets/kubernetes.io/serviceaccount'))";
    expect((await tenant.exec(web.metadata.name, "app", "/nodejs/bin/node", "-e", program)).trim()).to.equal(
      "false",
    );
    const succeeded = ["get", "job", "once", "-o", "jsonpath={.status.succeeded}"];
    await tenant.waitFor("the Job to complete", async () => (await tenant.kubectl(...succeeded)) === "1");
    const plain = await tenant.ready("plain");
    expect(plain.spec.initContainers ?? []).to.deep.equal([]);
    await tenant.end();
  },
};

/** Installs deploy/injection with this run's image, and waits until the API server applies it. */
export async function applyInjection(bench: Bench): Promise<void> {
  const node = up(bench);
  const folder = join(bench.folder, "injection");
  mkdirSync(folder, { recursive: true });
  const patch = stringify([{ op: "replace", path: "/data/image", value: IMAGES.podkey }]);
  const kustomization = {
    resources: [relative(folder, INJECTION)],
    patches: [{ target: { kind: "ConfigMap", name: "podkey-injection" }, patch }],
  };
  writeFileSync(join(folder, "kustomization.yaml"), stringify(kustomization));
  await node.kubectl("apply", "-k", folder);
  const probe = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "probe", namespace: "default", ...LABELLED },
    spec: {
      containers: [{ name: "app", image: IMAGES.app }],
      serviceAccountName: "default",
      automountServiceAccountToken: false,
    },
  };
  writeFileSync(join(folder, "probe.yaml"), stringify(probe));
  const ask = ["create", "--dry-run=server", "-f", join(folder, "probe.yaml"), "-o", "name"];
  const shown = [
    "create",
    "--dry-run=server",
    "-f",
    join(folder, "probe.yaml"),
    "-o",
    "jsonpath={.spec.initContainers[0].image}",
  ];
  await waitUntil(
    "the injection to take effect",
    async () => (await node.kubectl(...shown).catch(() => "")) === IMAGES.podkey,
    { limitMs: 20_000, explain: () => node.kubectl(...ask).catch(String) },
  );
}
