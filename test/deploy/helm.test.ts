/**
 * The chart: helm lint, the schema of its values, a dry run on a real API server, and a comparison with the objects of
 * deploy/kustomize, deploy/injection and deploy/monitoring.
 */
import { expect } from "chai";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseAllDocuments, stringify } from "yaml";
import { goTool } from "../support/go-tool.ts";
import type { KubeApiServer } from "../support/kube/kube-api-server.ts";
import { kubectl } from "../support/kube/kubectl.ts";
import { describeKube, startKubeApiServer } from "../support/kube/shared-kube-api-server.ts";
import { runCommand } from "../support/run-command.ts";
import { findCrds } from "./crds/crds.ts";

const DEPLOY = join(import.meta.dirname, "..", "..", "deploy");
const CHART = join(DEPLOY, "helm", "podkey");

interface KubeObject {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
}

/** Labels of a Helm release. */
const RELEASE_LABELS = /^helm\.sh\/|app\.kubernetes\.io\/(instance|managed-by|version)$/;

const ALL = {
  namespaces: [
    {
      name: "shop",
      configurations: [
        {
          name: "shop-podkey",
          consumers: [
            { name: "web", listen: "unix:/run/podkey/web/podkey.sock", allow: [{ names: ["db-main"] }] },
          ],
        },
      ],
    },
    { name: "billing", names: ["api", "db-main"] },
  ],
  monitoring: { podMonitor: true, prometheusRule: true, dashboard: true },
};

function parse(text: string): readonly KubeObject[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as KubeObject | null)
    .filter((object) => object !== null);
}

/** By kind, namespace and name; without the labels of a release. */
function byName(objects: readonly KubeObject[]): ReadonlyMap<string, KubeObject> {
  return new Map(
    objects.map((object) => {
      const { kind, metadata } = object;
      const labels = Object.entries(metadata.labels ?? {}).filter(([name]) => !RELEASE_LABELS.test(name));
      return [
        `${kind} ${metadata.namespace ?? ""}/${metadata.name}`,
        { ...object, metadata: { ...metadata, labels: Object.fromEntries(labels) } },
      ];
    }),
  );
}

describeKube("deploy/helm/podkey", () => {
  let server: KubeApiServer;
  let helm: string;
  let folder: string;

  before(async function () {
    this.timeout(400_000);
    helm = await goTool("helm");
    folder = await mkdtemp(join(tmpdir(), "podkey-helm-"));
    server = await startKubeApiServer();
    for (const crd of await findCrds()) await kubectl(server, "create", "-f", crd);
    for (const name of ["podkey-system", "shop", "billing"]) await server.objects.createNamespace(name);
  });

  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function template(values: object): Promise<string> {
    const path = join(folder, "values.yaml");
    await writeFile(path, stringify(values));
    const args = ["--namespace", "podkey-system", "--kube-version", "1.36.3", "--values", path];
    return runCommand(helm, ["template", "podkey", CHART, ...args]);
  }

  it("passes helm lint --strict", async () => {
    const path = join(folder, "lint.yaml");
    await writeFile(path, stringify(ALL));
    expect(await runCommand(helm, ["lint", "--strict", CHART, "--values", path])).to.contain(
      "0 chart(s) failed",
    );
  });

  for (const [what, values, path] of [
    ["an unknown value", { injektion: {} }, "injektion"],
    ["a namespace without a name", { namespaces: [{ names: ["a"] }] }, "name"],
    ["an empty list of names, which would mean all", { namespaces: [{ name: "a", names: [] }] }, "names"],
    ["a number where a quantity stands", { injection: { resources: { memoryLimit: 256 } } }, "memoryLimit"],
    [
      "a rule that names nothing",
      {
        namespaces: [
          {
            name: "a",
            configurations: [{ name: "c", consumers: [{ name: "w", listen: "unix:/a", allow: [{}] }] }],
          },
        ],
      },
      "allow",
    ],
  ] as const)
    it(`rejects ${what} with values.schema.json`, async () => {
      const error = await template(values).then(
        () => "accepted",
        (refused: unknown) => String(refused),
      );
      expect(error)
        .to.contain(path)
        .and.to.match(/schema|validation/i);
    });

  it("renders objects that a real API server accepts", async () => {
    const path = join(folder, "rendered.yaml");
    await writeFile(path, await template(ALL));
    await kubectl(server, "apply", "--dry-run=server", "-f", path);
  });

  it("renders the same objects as kustomize, where both have them", async () => {
    const rendered = byName(parse(await template(ALL)));
    const kustomizations: readonly (readonly [string, string])[] = [
      ["kustomize/base", "shop"],
      ["injection", "podkey-system"],
      ["monitoring", ""],
    ];
    let compared = 0;
    for (const [path, namespace] of kustomizations) {
      const { stdout } = await kubectl(server, "kustomize", join(DEPLOY, path));
      for (const object of byName(parse(stdout)).values()) {
        // helm creates the namespace itself (--create-namespace).
        if (object.kind === "Namespace") continue;
        const isNamespaced =
          /^(ServiceAccount|Role|RoleBinding|ConfigMap)$/.test(object.kind) && namespace !== "";
        const expected = place(object, isNamespaced ? namespace : undefined);
        const key = `${expected.kind} ${expected.metadata.namespace ?? ""}/${expected.metadata.name}`;
        const found = rendered.get(key);
        expect(found, key).to.deep.equal(expected);
        compared += 1;
      }
    }
    expect(compared).to.equal(11);
  });

  it("restricts a namespace to exact names", async () => {
    const role = byName(parse(await template(ALL))).get("Role billing/podkey");
    expect(JSON.stringify(role)).to.contain('"resourceNames":["api","db-main"]');
  });

  it("writes a configuration file that podkey accepts", async () => {
    const { data } = byName(parse(await template(ALL))).get("ConfigMap shop/shop-podkey") ?? {};
    const path = join(folder, "config.yaml");
    await writeFile(path, data?.["config.yaml"] ?? "");
    const dist = join(DEPLOY, "..", "dist", "podkey.js");
    const printed = await runCommand(process.execPath, [dist, "config", "print", "--config", path]);
    expect(printed).to.contain("unix:/run/podkey/web/podkey.sock");
  });
});

/** The same object in a namespace, and the subjects of a binding with it. */
function place(object: KubeObject, namespace: string | undefined): KubeObject {
  if (namespace === undefined) return object;
  const subjects = (object as { readonly subjects?: readonly object[] }).subjects;
  return {
    ...object,
    metadata: { ...object.metadata, namespace },
    ...(subjects && { subjects: subjects.map((subject) => ({ ...subject, namespace })) }),
  };
}
