/**
 * Every manifest of deploy/ in a server dry run on a real API server with the CRDs of the projects in deploy/examples/beside.
 * Pods must also pass in a namespace that enforces PodSecurity restricted.
 */
import { expect } from "chai";
import { globSync, readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { KubeApiServer } from "../support/kube/kube-api-server.ts";
import { kubectl } from "../support/kube/kubectl.ts";
import { describeKube, startKubeApiServer } from "../support/kube/shared-kube-api-server.ts";
import { waitUntil } from "../e2e/wait-until.ts";
import { findCrds } from "./crds/crds.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** Files for other programs, not for the API server; other tests use them. */
const NOT_OBJECTS =
  /config\.yaml|audit-policy|encryption-configuration|rules\.yaml|\.test\.yaml|scrape-config|values|Chart\.yaml/;

/** Kustomizations that build alone, and folders without one. */
const KUSTOMIZATIONS = globSync("deploy/**/kustomization.yaml", { cwd: ROOT })
  .filter((path) => !path.includes("components"))
  .map(dirname)
  .toSorted();

const FILES = globSync("deploy/{examples/{beside,operations,plain},injection,monitoring}/*.yaml", {
  cwd: ROOT,
})
  .filter((path) => !path.includes("kustomization") && !NOT_OBJECTS.test(path))
  .toSorted();

interface Document {
  readonly kind: string;
  readonly spec?: {
    readonly template?: { readonly spec: object };
    readonly jobTemplate?: { readonly spec: { readonly template: { readonly spec: object } } };
  };
}

describeKube("deploy", () => {
  let server: KubeApiServer;
  let folder: string;

  before(async function () {
    this.timeout(300_000);
    server = await startKubeApiServer();
    folder = await mkdtemp(join(tmpdir(), "podkey-deploy-"));
    await server.objects.createNamespace("shop", { "pod-security.kubernetes.io/enforce": "restricted" });
    await server.objects.createNamespace("podkey-system");
    for (const name of ["default", "podkey", "rotate-session-signing"])
      await server.objects.createServiceAccount("shop", name);
    for (const crd of await findCrds()) await kubectl(server, "create", "-f", crd);
    await waitUntil(
      "the CustomResourceDefinitions",
      async () =>
        (await kubectl(server, "wait", "--for=condition=Established", "crd", "--all", "--timeout=20s"))
          .stdout !== "",
      { limitMs: 30_000 },
    );
  });

  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Applies it in a dry run, and its pods in a namespace that enforces restricted. */
  async function accept(text: string): Promise<void> {
    const path = join(folder, "objects.yaml");
    await writeFile(path, text);
    await kubectl(server, "apply", "--dry-run=server", "-f", path);
    for (const document of parseAllDocuments(text)) {
      const { kind, spec } = (document.toJS() ?? {}) as Partial<Document>;
      const podSpec =
        kind === "Pod" ? spec : (spec?.template?.spec ?? spec?.jobTemplate?.spec.template.spec ?? undefined);
      if (podSpec === undefined || !/Pod$|Deployment|Set$|Job/.test(kind ?? "")) continue;
      const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "judged" }, spec: podSpec };
      const { status, body } = await server.admin.ask("POST", "/api/v1/namespaces/shop/pods?dryRun=All", pod);
      expect(status, JSON.stringify(body)).to.equal(201);
    }
  }

  for (const path of FILES) it(`${path} passes`, () => accept(readFileSync(join(ROOT, path), "utf8")));

  for (const path of KUSTOMIZATIONS)
    it(`${path} renders and passes`, async () => {
      const rendered = await kubectl(
        server,
        "kustomize",
        "--load-restrictor=LoadRestrictionsNone",
        join(ROOT, path),
      );
      await accept(rendered.stdout);
    });

  it("has no manifest that these tests skip", () => {
    const seen = new Set([
      ...FILES,
      ...globSync("deploy/{kustomize,injection,monitoring,examples/{app*,two-consumers}}/**/*.yaml", {
        cwd: ROOT,
      }),
    ]);
    const all = globSync("deploy/**/*.yaml", { cwd: ROOT, exclude: ["deploy/helm"] });
    const notSeen = all.filter(
      (path) => !seen.has(path) && !NOT_OBJECTS.test(path) && !path.startsWith("deploy/helm"),
    );
    expect(notSeen).to.deep.equal([]);
  });
});

describeKube("deploy/examples/operations for kube-apiserver", () => {
  const operations = join(ROOT, "deploy/examples/operations");

  it("logs who reads and writes Secrets without values, and encrypts values in etcd", async function () {
    this.timeout(60_000);
    const folder = await mkdtemp(join(tmpdir(), "podkey-audit-"));
    const log = join(folder, "audit.log");
    const server = await startKubeApiServer({
      flags: [
        `--audit-policy-file=${join(operations, "audit-policy.yaml")}`,
        `--audit-log-path=${log}`,
        `--encryption-provider-config=${join(operations, "encryption-configuration.yaml")}`,
      ],
    });
    try {
      await server.objects.createNamespace("shop");
      await server.objects.putSecret("shop", "db", { data: { password: "canary-4711" } });
      await server.admin.send("GET", "/api/v1/namespaces/shop/secrets/db");
      const text = (): string => readFileSync(log, "utf8");
      await waitUntil(
        "the audit lines",
        () => Promise.resolve(/"verb":"get"[^\n]*"name":"db"/.test(text())),
        {
          limitMs: 20_000,
        },
      );
      for (const form of ["canary-4711", Buffer.from("canary-4711").toString("base64")])
        expect(text()).to.not.contain(form);
      const etcd = globSync("**/*", { cwd: server.folder })
        .filter((path) => /\.(wal|snap)$|member\/snap\/db$/.test(path))
        .map((path) => readFileSync(join(server.folder, path), "latin1"));
      expect(etcd).to.not.have.length(0);
      expect(etcd.some((bytes) => bytes.includes("k8s:enc:aesgcm:v1:key1"))).to.equal(true);
      for (const bytes of etcd) expect(bytes).to.satisfy((each: string) => !each.includes("canary-4711"));
    } finally {
      await server.stop();
      await rm(folder, { recursive: true });
    }
  });
});
