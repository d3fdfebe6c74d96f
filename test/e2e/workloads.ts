/** The workloads of the e2e tier as a user has them before podkey. The app runs under its own uid. */
import { IMAGES } from "./images.ts";

/** uid of the app; podkey's is 65532. */
export const APP_UID = 1001;

/** The options of a workload. */
export interface WorkloadOptions {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  readonly image?: string;
  readonly graceSeconds?: number;
  /** Names of the containers; default `app`. */
  readonly containers?: readonly string[];
  readonly finalizers?: readonly string[];
}

/** A Deployment of one pod. */
export function deployment(name: string, options: WorkloadOptions = {}): object {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name },
    spec: { selector: { matchLabels: { app: name } }, template: podTemplate(name, options, "Always") },
  };
}

/** A Job of one pod without retries. */
export function job(name: string, options: WorkloadOptions = {}): object {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name },
    spec: { backoffLimit: 0, template: podTemplate(name, { args: ["once"], ...options }, "Never") },
  };
}

function podTemplate(app: string, options: WorkloadOptions, restartPolicy: string): object {
  const { labels = {}, annotations = {}, env = {}, args = [], containers = ["app"], finalizers } = options;
  return {
    metadata: { labels: { app, ...labels }, annotations, ...(finalizers && { finalizers }) },
    spec: {
      restartPolicy,
      // The test node has no DNS.
      dnsPolicy: "Default",
      terminationGracePeriodSeconds: options.graceSeconds ?? 5,
      containers: containers.map((name) => ({
        name,
        image: options.image ?? IMAGES.app,
        imagePullPolicy: "IfNotPresent",
        args,
        env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
        securityContext: {
          runAsNonRoot: true,
          runAsUser: APP_UID,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
          seccompProfile: { type: "RuntimeDefault" },
        },
      })),
    },
  };
}
