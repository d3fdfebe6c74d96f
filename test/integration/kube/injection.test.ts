/**
 * deploy/injection on a real API server: pods as users write them and as admission changes them. Needs no node, since a
 * pod is mutated when it is created; `dryRun=All` keeps the server empty.
 */
import { expect } from "chai";
import { join } from "node:path";
import type { KubeApiServer } from "../../support/kube/kube-api-server.ts";
import { kubectl } from "../../support/kube/kubectl.ts";
import { describeKube, startKubeApiServer } from "../../support/kube/shared-kube-api-server.ts";

const DEPLOY = join(import.meta.dirname, "..", "..", "..", "deploy");

const TOKEN = "/var/run/secrets/kubernetes.io/serviceaccount";

const RESTRICTED = { "pod-security.kubernetes.io/enforce": "restricted" };

const SECURE = {
  runAsNonRoot: true,
  runAsUser: 1001,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly args?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts?: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
  }[];
  readonly securityContext?: object;
  readonly restartPolicy?: string;
}

interface PodSpec {
  readonly serviceAccountName?: string;
  readonly automountServiceAccountToken?: boolean;
  readonly initContainers?: readonly Container[];
  readonly containers: readonly Container[];
  readonly volumes?: readonly { readonly name: string; readonly emptyDir?: object }[];
}

const container = (name: string, more: Partial<Container> = {}): Container => ({
  name,
  image: `example.io/${name}:1`,
  securityContext: SECURE,
  ...more,
});

describeKube("deploy/injection", () => {
  let server: KubeApiServer;

  before(async () => {
    // A separate server: admission policies apply to the whole cluster.
    server = await startKubeApiServer();
    await server.objects.createNamespace("shop", RESTRICTED);
    for (const name of ["default", "podkey", "own"]) await server.objects.createServiceAccount("shop", name);
    await kubectl(server, "apply", "-k", join(DEPLOY, "injection"));
    // A policy takes effect a moment after it was written.
    while ((await inject({ containers: [container("web")] })).initContainers === undefined);
  });

  after(() => server.stop());

  async function create(
    spec: PodSpec,
    annotations: object,
    labels: object,
  ): Promise<{ status: number; body: unknown }> {
    const metadata = { name: "shop", labels, annotations };
    const pod = { apiVersion: "v1", kind: "Pod", metadata, spec };
    return server.admin.ask("POST", "/api/v1/namespaces/shop/pods?dryRun=All", pod);
  }

  async function inject(
    spec: PodSpec,
    annotations: Readonly<Record<string, string>> = {},
    labels: object = { "podkey.dev/inject": "true" },
  ): Promise<PodSpec> {
    const { status, body } = await create(spec, annotations, labels);
    expect(status, JSON.stringify(body)).to.equal(201);
    return (body as { readonly spec: PodSpec }).spec;
  }

  const mounts = (of: Container | undefined): readonly string[] =>
    (of?.volumeMounts ?? []).map(
      ({ name, mountPath, readOnly }) => `${name}:${mountPath}${readOnly === true ? ":ro" : ""}`,
    );

  it("inserts podkey first, and gives every other container the socket read-only and its address", async () => {
    const spec = await inject({
      initContainers: [container("migrate")],
      containers: [container("web", { env: [{ name: "A", value: "b" }] }), container("worker")],
    });
    expect(spec.initContainers?.map(({ name }) => name)).to.deep.equal(["podkey", "migrate"]);
    expect(spec.initContainers?.[0]?.restartPolicy).to.equal("Always");
    for (const each of [...spec.containers, ...(spec.initContainers ?? []).slice(1)]) {
      expect(mounts(each), each.name).to.deep.equal(["podkey:/run/podkey:ro"]);
      expect(each.env, each.name).to.deep.include({
        name: "PODKEY_ENDPOINT",
        value: "unix:///run/podkey/podkey.sock",
      });
    }
    expect(spec.containers[0]?.env?.[0]).to.deep.equal({ name: "A", value: "b" });
  });

  it("uses podkey's ServiceAccount for a pod that names none, with the token only in podkey", async () => {
    const spec = await inject({ initContainers: [container("migrate")], containers: [container("web")] });
    expect(spec).to.include({ serviceAccountName: "podkey", automountServiceAccountToken: false });
    expect(mounts(spec.initContainers?.[0])).to.deep.equal([
      "podkey:/run/podkey/app",
      `podkey-token:${TOKEN}:ro`,
    ]);
    expect(spec.volumes?.map(({ name }) => name)).to.deep.equal(["podkey", "podkey-token"]);
    expect(spec.volumes?.[0]?.emptyDir).to.deep.equal({ medium: "Memory", sizeLimit: "1Mi" });
  });

  it("keeps a ServiceAccount that the pod names, and the token that it requests", async () => {
    const named = await inject({ serviceAccountName: "own", containers: [container("web")] });
    expect(named.serviceAccountName).to.equal("own");
    expect(mounts(named.containers[0]).some((mount) => mount.includes(TOKEN))).to.equal(true);
    const asked = await inject({ automountServiceAccountToken: true, containers: [container("web")] });
    expect(asked.serviceAccountName).to.equal("default");
    expect(mounts(asked.containers[0]).some((mount) => mount.includes(TOKEN))).to.equal(true);
  });

  it("gives the socket only to the containers that podkey.dev/containers names, init containers too", async () => {
    const spec = await inject(
      {
        initContainers: [container("migrate"), container("chown")],
        containers: [container("web"), container("worker")],
      },
      { "podkey.dev/containers": "web, migrate" },
    );
    const withSocket = [...(spec.initContainers ?? []), ...spec.containers].filter((each) =>
      each.env?.some(({ name }) => name === "PODKEY_ENDPOINT"),
    );
    expect(withSocket.map(({ name }) => name)).to.deep.equal(["migrate", "web"]);
    expect(mounts(spec.containers[1])).to.deep.equal([]);
  });

  it("reads names and image from the annotations", async () => {
    const spec = await inject(
      { containers: [container("web")] },
      { "podkey.dev/names": "db-main,api", "podkey.dev/image": "registry.example/podkey:9" },
    );
    expect(spec.initContainers?.[0]?.image).to.equal("registry.example/podkey:9");
    expect(spec.initContainers?.[0]?.args).to.include("--names=db-main,api");
  });

  it("makes each container a separate consumer with a configuration file", async () => {
    const spec = await inject(
      { containers: [container("web"), container("worker")] },
      { "podkey.dev/config": "shop-podkey" },
    );
    expect(spec.initContainers?.[0]?.args).to.deep.equal(["serve", "--config=/etc/podkey/config.yaml"]);
    expect(mounts(spec.initContainers?.[0])).to.deep.equal([
      "podkey-web:/run/podkey/web",
      "podkey-worker:/run/podkey/worker",
      "podkey-config:/etc/podkey:ro",
      `podkey-token:${TOKEN}:ro`,
    ]);
    expect(spec.containers.map(mounts)).to.deep.equal([
      ["podkey-web:/run/podkey:ro"],
      ["podkey-worker:/run/podkey:ro"],
    ]);
  });

  it("makes all of them the one consumer that podkey.dev/consumer names", async () => {
    const spec = await inject(
      { containers: [container("web"), container("worker")] },
      { "podkey.dev/config": "shop-podkey", "podkey.dev/consumer": "front" },
    );
    expect(spec.containers.map(mounts)).to.deep.equal([
      ["podkey-front:/run/podkey:ro"],
      ["podkey-front:/run/podkey:ro"],
    ]);
  });

  it("keeps an existing mount at /run/podkey and an existing PODKEY_ENDPOINT", async () => {
    const own = { name: "PODKEY_ENDPOINT", value: "127.0.0.1:1" };
    const spec = await inject({
      volumes: [{ name: "mine", emptyDir: {} }],
      containers: [
        container("web", { env: [own], volumeMounts: [{ name: "mine", mountPath: "/run/podkey" }] }),
      ],
    });
    expect(spec.containers[0]?.env).to.deep.equal([own]);
    expect(mounts(spec.containers[0])).to.deep.equal(["mine:/run/podkey"]);
  });

  for (const [what, spec, labels] of [
    ["has no label", { containers: [container("web")] }, {}],
    ["has inject: false", { containers: [container("web")] }, { "podkey.dev/inject": "false" }],
    [
      "has podkey as an init container already",
      { initContainers: [container("podkey")], containers: [container("web")] },
      { "podkey.dev/inject": "true" },
    ],
    ["has a container of that name", { containers: [container("podkey")] }, { "podkey.dev/inject": "true" }],
  ] as const) {
    it(`does not change a pod that ${what}`, async () => {
      const out = await inject({ ...spec, automountServiceAccountToken: false }, {}, labels);
      const names = (of: readonly Container[] | undefined): readonly string[] =>
        (of ?? []).map(({ name }) => name);
      expect(names(out.initContainers)).to.deep.equal(
        "initContainers" in spec ? names(spec.initContainers) : [],
      );
      expect(out.volumes ?? []).to.deep.equal([]);
      expect(out.containers[0]?.env ?? []).to.deep.equal([]);
    });
  }

  it("adds the same container as the kustomize component, field by field", async () => {
    const spec = await inject({ containers: [container("web")] });
    const component = join(DEPLOY, "kustomize/components/sidecar/pod.yaml");
    const text = await kubectl(
      server,
      "-n",
      "shop",
      "create",
      "--dry-run=client",
      "-o",
      "json",
      "-f",
      component,
    );
    const template = (
      JSON.parse(text.stdout) as { readonly spec: { readonly template: { readonly spec: PodSpec } } }
    ).spec.template.spec;
    const plain = await inject({ ...template, containers: [container("web")] }, {}, {});
    expect(spec.initContainers).to.deep.equal(plain.initContainers);
    expect(spec.volumes).to.deep.equal(plain.volumes);
    expect(spec.serviceAccountName).to.equal(plain.serviceAccountName);
  });

  it("rejects a pod that requests podkey while the parameters are missing, with the reason", async () => {
    const folder = join(DEPLOY, "injection/parameters.yaml");
    await kubectl(server, "delete", "-f", folder);
    try {
      let answer;
      do answer = await create({ containers: [container("web")] }, {}, { "podkey.dev/inject": "true" });
      while (answer.status === 201);
      expect(JSON.stringify(answer.body)).to.contain("podkey-injection");
    } finally {
      await kubectl(server, "apply", "-f", folder);
      while (
        (await create({ containers: [container("web")] }, {}, { "podkey.dev/inject": "true" })).status !== 201
      );
    }
  });

  describe("the warnings", () => {
    const LABELS = { "podkey.dev/inject": "true" };

    const RESOURCES: Readonly<Record<string, readonly [group: string, plural: string]>> = {
      Pod: ["v1", "pods"],
      Deployment: ["apps/v1", "deployments"],
      StatefulSet: ["apps/v1", "statefulsets"],
      DaemonSet: ["apps/v1", "daemonsets"],
      Job: ["batch/v1", "jobs"],
      CronJob: ["batch/v1", "cronjobs"],
    };

    async function warning(kind: string, spec: PodSpec, annotations: object = {}): Promise<string> {
      const template = { metadata: { labels: { app: "a", ...LABELS }, annotations }, spec };
      const selector = { selector: { matchLabels: { app: "a" } } };
      const never = { ...template, spec: { ...spec, restartPolicy: "Never" } };
      const specs: Readonly<Record<string, object>> = {
        Pod: spec,
        Deployment: { ...selector, template },
        StatefulSet: { ...selector, serviceName: "a", template },
        DaemonSet: { ...selector, template },
        Job: { template: never },
        CronJob: { schedule: "@daily", jobTemplate: { spec: { template: never } } },
      };
      const [group, plural] = RESOURCES[kind] ?? [];
      const metadata = { name: "a", labels: LABELS, annotations };
      const object = { apiVersion: group, kind, metadata, spec: specs[kind] };
      const base = group === "v1" ? "/api/v1" : `/apis/${String(group)}`;
      const path = `${base}/namespaces/shop/${String(plural)}?dryRun=All`;
      const answer = await server.admin.ask("POST", path, object);
      expect(answer.status, JSON.stringify(answer.body)).to.equal(201);
      return answer.warning;
    }

    for (const kind of Object.keys(RESOURCES)) {
      it(`warns about a ${kind} whose containers have a token, and about no other`, async () => {
        const risky = await warning(kind, { serviceAccountName: "own", containers: [container("web")] });
        expect(risky).to.contain("automountServiceAccountToken: false");
        const safe = { automountServiceAccountToken: false, containers: [container("web")] };
        expect(await warning(kind, { serviceAccountName: "own", ...safe })).to.equal("");
        expect(await warning(kind, { containers: [container("web")] })).to.equal("");
      });
    }

    it("warns about a container that podkey.dev/containers names and the pod does not have", async () => {
      const spec = { containers: [container("web")] };
      for (const kind of ["Pod", "Deployment"]) {
        const misspelt = await warning(kind, spec, { "podkey.dev/containers": "web,wrker" });
        expect(misspelt, kind).to.contain("names wrker");
        expect(await warning(kind, spec, { "podkey.dev/containers": "web" }), kind).to.equal("");
      }
    });
  });
});
