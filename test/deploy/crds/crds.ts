/**
 * The CustomResourceDefinitions of the projects in deploy/examples/beside, from their Go modules at pinned versions. Downloads
 * stay in Go's module cache.
 */
import { join } from "node:path";
import { runCommand } from "../../support/run-command.ts";

/** Go modules and files. */
const CRDS = {
  "github.com/prometheus-operator/prometheus-operator": [
    "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml",
    "example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml",
  ],
  "github.com/external-secrets/external-secrets": [
    "config/crds/bases/external-secrets.io_externalsecrets.yaml",
  ],
  "github.com/cert-manager/cert-manager": ["deploy/crds/cert-manager.io_certificates.yaml"],
  "github.com/bitnami-labs/sealed-secrets": ["helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml"],
  "sigs.k8s.io/secrets-store-csi-driver": [
    "config/crd/bases/secrets-store.csi.x-k8s.io_secretproviderclasses.yaml",
  ],
} as const;

/** Downloads the modules and returns the paths of the files. @throws Error without Go, or without cache and network. */
export async function findCrds(): Promise<readonly string[]> {
  const files: string[] = [];
  for (const [module, paths] of Object.entries(CRDS)) {
    const args = ["-C", import.meta.dirname, "mod", "download", "-json", module];
    const answer = JSON.parse(
      await runCommand("go", args, { GOFLAGS: "-mod=mod", GOTOOLCHAIN: "local" }),
    ) as { readonly Dir: string };
    files.push(...paths.map((path) => join(answer.Dir, path)));
  }
  return files;
}
