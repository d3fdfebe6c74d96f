/**
 * The manifests that users apply, rendered by kubectl: a real API server accepts every object, and the pod passes the
 * PodSecurity level *restricted*.
 */
import { expect } from "chai";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments, stringify } from "yaml";
import { findKubeAssets } from "../../support/kube/assets.ts";
import type { KubeApiServer } from "../../support/kube/kube-api-server.ts";
import { describeKube, sharedKubeApiServer, uniqueName } from "../../support/kube/shared-kube-api-server.ts";

const run = promisify(execFile);

const DEPLOY = join(import.meta.dirname, "..", "..", "..", "deploy", "kustomize");

const RESTRICTED = { "pod-security.kubernetes.io/enforce": "restricted" };

const SECURE = {
  runAsNonRoot: true,
  runAsUser: 1001,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: { readonly spec: PodSpec } };
}

interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly initContainers: readonly { readonly name: string; readonly args?: readonly string[] }[];
  readonly containers: readonly {
    readonly volumeMounts: readonly object[];
    readonly env: readonly object[];
  }[];
}

function app(kind: string): object {
  const template = {
    metadata: { labels: { app: "shop" } },
    spec: {
      ...(kind === "Job" && { restartPolicy: "Never" }),
      initContainers: [{ name: "migrate", image: "example.io/migrate:1", securityContext: SECURE }],
      containers: [
        {
          name: "web",
          image: "example.io/shop:1",
          securityContext: SECURE,
          env: [{ name: "A", value: "b" }],
        },
        { name: "other", image: "example.io/other:1", securityContext: SECURE },
      ],
    },
  };
  const selector = kind === "Job" ? {} : { selector: { matchLabels: { app: "shop" } } };
  const serviceName = kind === "StatefulSet" ? { serviceName: "shop" } : {};
  const apiVersion = kind === "Job" ? "batch/v1" : "apps/v1";
  return { apiVersion, kind, metadata: { name: "shop" }, spec: { ...selector, ...serviceName, template } };
}

describeKube("deploy/kustomize", () => {
  let server: KubeApiServer;
  let namespace: string;
  let folder: string;

  before(async () => {
    server = await sharedKubeApiServer();
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "podkey-kustomize-"));
    namespace = uniqueName("shop");
    await server.objects.createNamespace(namespace, RESTRICTED);
  });

  afterEach(() => rm(folder, { recursive: true }));

  const kubectl = async (...args: readonly string[]): Promise<string> => {
    const admin = server.writeKubeconfig("admin.kubeconfig", { kind: "certificate", pair: server.pki.admin });
    const binary = join(findKubeAssets() ?? "", "kubectl");
    return (await run(binary, ["--kubeconfig", admin, "-n", namespace, ...args])).stdout;
  };

  async function render(kind: string, components: readonly string[]): Promise<readonly Rendered[]> {
    await writeFile(join(folder, "app.yaml"), stringify(app(kind)));
    const at = (name: string): string => relative(folder, join(DEPLOY, name));
    await writeFile(
      join(folder, "kustomization.yaml"),
      stringify({
        namespace,
        resources: ["app.yaml", at("base")],
        components: components.map((name) => at(`components/${name}`)),
      }),
    );
    const text = await kubectl("kustomize", "--load-restrictor", "LoadRestrictionsNone", folder);
    await writeFile(join(folder, "rendered.yaml"), text);
    return parseAllDocuments(text).map((document) => document.toJS() as Rendered);
  }

  for (const kind of ["Deployment", "StatefulSet", "DaemonSet", "Job"]) {
    it(`inserts podkey first into a ${kind}, which the API server accepts and PodSecurity restricted allows`, async () => {
      const rendered = await render(kind, ["sidecar"]);
      const { spec } = rendered.find((object) => object.kind === kind)?.spec.template ?? {};
      expect(spec?.initContainers.map(({ name }) => name)).to.deep.equal(["podkey", "migrate"]);
      expect(spec?.automountServiceAccountToken).to.equal(false);
      const [web] = spec?.containers ?? [];
      expect(web?.volumeMounts).to.deep.equal([{ name: "podkey", mountPath: "/run/podkey", readOnly: true }]);
      expect(web?.env).to.deep.include({ name: "PODKEY_ENDPOINT", value: "unix:///run/podkey/podkey.sock" });

      await kubectl("apply", "--dry-run=server", "-f", join(folder, "rendered.yaml"));
      // PodSecurity only warns about controllers; it rejects pods.
      await kubectl("create", "serviceaccount", "podkey");
      const pod = {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "shop" },
        spec: { ...spec, restartPolicy: "Never" },
      };
      await writeFile(join(folder, "pod.yaml"), stringify(pod));
      await kubectl("create", "--dry-run=server", "-f", join(folder, "pod.yaml"));
    });
  }

  it("restricts the Role and podkey to exact names with the component names-mode", async () => {
    const rendered = await render("Deployment", ["sidecar", "names-mode"]);
    const role = rendered.find(({ kind }) => kind === "Role");
    expect(JSON.stringify(role)).to.contain('"resourceNames":["db-main"]');
    const deployment = rendered.find(({ kind }) => kind === "Deployment");
    expect(deployment?.spec.template.spec.initContainers[0]?.args).to.include("--names=db-main");
    await kubectl("apply", "--dry-run=server", "-f", join(folder, "rendered.yaml"));
  });

  it("grants podkey's ServiceAccount what label mode needs and nothing else", async () => {
    await render("Deployment", ["sidecar"]);
    await kubectl("apply", "-f", join(folder, "rendered.yaml"));
    const can = async (verb: string, resource: string): Promise<string> => {
      const as = `--as=system:serviceaccount:${namespace}:podkey`;
      return kubectl("auth", "can-i", verb, resource, as).catch(
        (error: unknown) => (error as { stdout: string }).stdout,
      );
    };
    for (const verb of ["get", "list", "watch"]) expect((await can(verb, "secrets")).trim()).to.equal("yes");
    for (const verb of ["create", "update", "delete"])
      expect((await can(verb, "secrets")).trim()).to.equal("no");
    expect((await can("list", "configmaps")).trim()).to.equal("no");
  });
});
