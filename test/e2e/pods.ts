/**
 * The workloads of the e2e tier: a Deployment whose app runs under a uid of its own, and a Job. Rendered by the shipped
 * kustomize component, as a user would.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { PODKEY_IMAGE } from "./images.ts";

const DEPLOY = join(import.meta.dirname, "..", "..", "deploy", "kustomize");

/** The namespace of the workloads; it enforces PodSecurity restricted. */
export const NAMESPACE = "shop";

/** uid of the app; podkey is 65532. */
const APP_UID = 1001;

const IMAGE = `${PODKEY_IMAGE.name}:${PODKEY_IMAGE.tag}`;

/** Writes a kustomization of the app and the component; returns its folder. */
export function writeWorkloads(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const at = (name: string): string => relative(folder, join(DEPLOY, name));
  const write = (name: string, ...objects: readonly object[]): void => {
    writeFileSync(join(folder, name), objects.map((object) => stringify(object)).join("---\n"));
  };
  write("app.yaml", deployment(), job());
  write("kustomization.yaml", {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    namespace: NAMESPACE,
    resources: ["app.yaml", at("base")],
    components: [at("components/sidecar")],
    images: [{ name: "podkey", newName: PODKEY_IMAGE.name, newTag: PODKEY_IMAGE.tag }],
  });
  return folder;
}

/** podkey's own client is the app: it watches, so it lives as long as the pod. */
function deployment(): object {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      selector: { matchLabels: { app: "web" } },
      template: podTemplate({ app: "web" }, ["watch", "db"]),
    },
  };
}

/** Reads one credential and ends. */
function job(): object {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "once" },
    spec: {
      backoffLimit: 0,
      template: podTemplate({ app: "once" }, ["get", "db", "--key", "password", "-o", "raw"], "Never"),
    },
  };
}

function podTemplate(labels: object, args: readonly string[], restartPolicy = "Always"): object {
  const securityContext = {
    runAsNonRoot: true,
    runAsUser: APP_UID,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  };
  return {
    metadata: { labels },
    spec: {
      restartPolicy,
      // There is no DNS on the test node.
      dnsPolicy: "Default",
      terminationGracePeriodSeconds: 5,
      containers: [{ name: "app", image: IMAGE, imagePullPolicy: "IfNotPresent", args, securityContext }],
    },
  };
}
