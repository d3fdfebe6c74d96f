/**
 * docs/kubernetes.md contains the current output of kubectl, and docs/migration.md names only files and options that exist.
 */
import { expect } from "chai";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadConfig } from "../../src/config/load/load.ts";
import { plainManifest, withDiffs } from "../../tools/docs/kustomize-diff.ts";
import { findKubeAssets } from "../support/kube/assets.ts";
import { describeKube } from "../support/kube/shared-kube-api-server.ts";

const kubectl = join(findKubeAssets() ?? "", "kubectl");

const DOCS = join(import.meta.dirname, "..", "..", "docs");

describeKube("docs/kubernetes.md", () => {
  it("contains the diff that kubectl renders (`node tools/kubernetes-page.ts` writes it)", () => {
    const page = readFileSync(join(DOCS, "kubernetes.md"), "utf8");
    expect(page).to.match(/^\+ +restartPolicy: Always$/m);
    expect(page).to.equal(withDiffs(page, kubectl));
  });

  it("links to the same pod as plain YAML", () => {
    const path = join(DOCS, "..", "deploy", "examples", "plain", "deployment.yaml");
    expect(readFileSync(path, "utf8")).to.equal(plainManifest(kubectl));
  });
});

describe("the pages about Kubernetes", () => {
  for (const name of ["kubernetes.md", "migration.md"])
    it(`${name} links to files that exist`, () => {
      const path = join(DOCS, name);
      const links = [...readFileSync(path, "utf8").matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)];
      expect(links).to.not.have.length(0);
      for (const [, link = ""] of links) expect(existsSync(join(dirname(path), link)), link).to.equal(true);
    });
});

describe("deploy/examples/two-consumers", () => {
  it("has a configuration file that podkey accepts, with a socket in each consumer's own folder", async () => {
    const text = readFileSync(join(DOCS, "../deploy/examples/two-consumers/config.yaml"), "utf8");
    const { config } = await loadConfig({
      flags: {
        origin: "flag",
        settings: new Map([["config", { texts: ["config.yaml"], where: "--config" }]]),
      },
      flagProblems: [],
      env: {},
      readText: () => Promise.resolve(text),
      onTerminal: false,
    });
    expect(config.consumers.map(({ name }) => name)).to.deep.equal(["web", "worker"]);
    for (const { name } of config.consumers) expect(text).to.contain(`unix:/run/podkey/${name}/podkey.sock`);
  });
});

describe("deploy/", () => {
  const root = join(DOCS, "..");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly version: string;
  };

  for (const [path, line] of [
    ["Dockerfile", "ARG PODKEY_VERSION="],
    ["deploy/helm/podkey/Chart.yaml", "\nversion: "],
    ["deploy/helm/podkey/Chart.yaml", "\nappVersion: "],
    ["deploy/injection/parameters.yaml", "image: podkey:"],
    ["deploy/kustomize/components/sidecar/pod.yaml", "image: podkey:"],
    [".github/kind-smoke.sh", "image: podkey:"],
    [".github/workflows/ci.yml", "tags: podkey:"],
  ] as const)
    it(`has the version of package.json in ${path} (${line.trim()})`, () => {
      expect(readFileSync(join(root, path), "utf8")).to.contain(`${line}${version}`);
    });
});
