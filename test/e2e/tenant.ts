/**
 * A namespace of the e2e tier that enforces PodSecurity restricted, with podkey's RBAC from deploy/kustomize/base, and
 * the actions of the steps in it. Logs are read from the kubelet's files, which works without an API server.
 */
import { closeSync, globSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { stringify } from "yaml";
import { up } from "./bench.ts";
import type { Bench } from "./bench.ts";
import { IMAGES } from "./images.ts";
import type { KubeNode } from "./kube-node.ts";
import { waitUntil } from "./wait-until.ts";

const DEPLOY = join(import.meta.dirname, "..", "..", "deploy");

const RESTRICTED = { "pod-security.kubernetes.io/enforce": "restricted" };

/** A line that the app of the tier prints. */
export interface AppLine {
  readonly atMs: number;
  readonly event: string;
  readonly value?: string;
  readonly uid?: number;
  readonly code?: number;
  readonly details?: string;
}

/** A container's status in the API. */
export interface ContainerStatus {
  readonly name: string;
  readonly restartCount: number;
  readonly started?: boolean;
  readonly state: ContainerState;
  readonly lastState: ContainerState;
}

interface ContainerState {
  readonly waiting?: { readonly reason: string };
  readonly running?: { readonly startedAt: string };
  readonly terminated?: {
    readonly exitCode: number;
    readonly finishedAt: string;
    readonly message?: string;
    readonly reason?: string;
  };
}

/** The fields of a pod that steps read. */
export interface PodView {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly initContainers?: readonly { readonly name: string; readonly image: string }[];
    readonly containers: readonly object[];
  };
  readonly status: {
    readonly phase: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly containerStatuses?: readonly ContainerStatus[];
  };
}

/** Fields of a kustomization; components are named by their path below deploy/. */
interface Kustomization {
  readonly components?: readonly string[];
  readonly [field: string]: unknown;
}

/** See the file comment. */
export class Tenant {
  readonly namespace: string;
  readonly #bench: Bench;
  readonly #node: KubeNode;

  private constructor(bench: Bench, namespace: string) {
    this.#bench = bench;
    this.#node = up(bench);
    this.namespace = namespace;
  }

  /** Creates the namespace; `isAllowed: false` omits the Role and its binding. */
  static async create(
    bench: Bench,
    name: string,
    how: { readonly isAllowed?: boolean } = {},
  ): Promise<Tenant> {
    const tenant = new Tenant(bench, `shop-${name}`);
    const { namespace } = tenant;
    await up(bench).server.objects.createNamespace(namespace, RESTRICTED);
    await tenant.waitFor(
      "the namespace's ServiceAccount and CA",
      async () => await tenant.succeeds("get", "configmap/kube-root-ca.crt", "serviceaccount/default"),
      30_000,
    );
    if (how.isAllowed === false)
      await tenant.kubectl("apply", "-f", join(DEPLOY, "kustomize/base/serviceaccount.yaml"));
    else await tenant.kubectl("apply", "-k", join(DEPLOY, "kustomize/base"));
    return tenant;
  }

  /** Runs kubectl in this namespace. */
  kubectl(...args: readonly string[]): Promise<string> {
    return this.#node.kubectl("-n", this.namespace, ...args);
  }

  /** Whether kubectl exits with 0. */
  async succeeds(...args: readonly string[]): Promise<boolean> {
    return this.kubectl(...args).then(
      () => true,
      () => false,
    );
  }

  /** Writes a Secret that podkey serves. */
  putSecret(name: string, data: Readonly<Record<string, string>>): Promise<void> {
    const labels = { "podkey.dev/serve": "true" };
    return this.#node.server.objects.putSecret(this.namespace, name, { labels, data });
  }

  /** Applies workloads with the shipped kustomize component; `more` are fields of the kustomization. */
  async applyWithPodkey(
    objects: readonly object[],
    more: object = {},
    image: string = IMAGES.podkey,
  ): Promise<void> {
    const [newName = "", newTag = ""] = splitImage(image);
    await this.#applyKustomization(objects, {
      components: ["kustomize/components/sidecar"],
      images: [{ name: "podkey", newName, newTag }],
      ...more,
    });
  }

  /** Applies objects as they are. */
  apply(objects: readonly object[]): Promise<void> {
    return this.#applyKustomization(objects, {});
  }

  /** The pods with this label `app`, oldest first. */
  async pods(app: string): Promise<readonly PodView[]> {
    const text = await this.kubectl(
      "get",
      "pods",
      "-l",
      `app=${app}`,
      "--sort-by=.metadata.creationTimestamp",
      "-o",
      "json",
    );
    return (JSON.parse(text) as { readonly items: readonly PodView[] }).items;
  }

  /** Waits for a pod of the app that fulfils the condition; returns it. */
  async podWhen(
    app: string,
    what: string,
    isSo: (pod: PodView) => boolean,
    limitMs = 60_000,
  ): Promise<PodView> {
    let found: PodView | undefined;
    await this.waitFor(
      `a pod of ${app} ${what}`,
      async () => {
        found = (await this.pods(app)).findLast(isSo);
        return found !== undefined;
      },
      limitMs,
    );
    if (found === undefined) throw new Error("unreachable");
    return found;
  }

  /** Waits until a pod of the app is Ready; returns it. */
  ready(app: string): Promise<PodView> {
    return this.podWhen(app, "to be ready", (pod) =>
      (pod.status.conditions ?? []).some(({ type, status }) => type === "Ready" && status === "True"),
    );
  }

  /** The output of a container so far, over all its restarts. */
  log(pod: string, container: string): readonly string[] {
    return this.#logFiles(pod, container).flatMap((path) => printed(readFileSync(path, "utf8")));
  }

  /** As `appLines`, for a pod that ends: keeps the log files open, since the kubelet deletes them. Call the result once. */
  holdAppLines(pod: string, container = "app"): () => readonly AppLine[] {
    const files = this.#logFiles(pod, container).map((path) => openSync(path, "r"));
    return () =>
      files.flatMap((file) => {
        const text = readFileSync(file, "utf8");
        closeSync(file);
        return printed(text).map((line) => JSON.parse(line) as AppLine);
      });
  }

  /** The output of the app in a pod. */
  appLines(pod: string, container = "app"): readonly AppLine[] {
    return this.log(pod, container).map((line) => JSON.parse(line) as AppLine);
  }

  /** Waits for a line of the app; returns it. */
  async appLine(
    pod: string,
    what: string,
    isIt: (line: AppLine) => boolean,
    limitMs = 20_000,
  ): Promise<AppLine> {
    let found: AppLine | undefined;
    await this.waitFor(
      `the app to print: ${what}`,
      () => {
        found = this.appLines(pod).find(isIt);
        return Promise.resolve(found !== undefined);
      },
      limitMs,
    );
    if (found === undefined) throw new Error("unreachable");
    return found;
  }

  /** Runs a command in a container; resolves with stdout, rejects if it fails. */
  exec(pod: string, container: string, ...command: readonly string[]): Promise<string> {
    return this.kubectl("exec", pod, "-c", container, "--", ...command);
  }

  /** Kills a container's first process, like the kernel's OOM killer. */
  kill(pod: string, container: string): Promise<void> {
    return this.#node.killContainer({ namespace: this.namespace, pod, container });
  }

  /** Waits; the error after the limit shows the pods. */
  waitFor(what: string, isSo: () => Promise<boolean>, limitMs = 30_000): Promise<void> {
    return waitUntil(what, isSo, { limitMs, explain: () => this.describe() });
  }

  /** Deletes the step's pods, so that they do not slow down the next step. */
  async end(): Promise<void> {
    await this.kubectl("delete", "deployments,jobs,pods", "--all", "--grace-period=1", "--timeout=30s");
  }

  /** `kubectl describe` and the logs of the pods. */
  async describe(): Promise<string> {
    const described = await this.kubectl("describe", "pods").catch(String);
    const logs = ["logs", "-l", "app", "--all-containers", "--prefix", "--tail=20"];
    return `${described}\n${await this.kubectl(...logs).catch(String)}`;
  }

  #logFiles(pod: string, container: string): readonly string[] {
    const logs = join(this.#node.server.folder, "pod-logs");
    return globSync(`${this.namespace}_${pod}_*/${container}/*.log`, { cwd: logs })
      .toSorted((a, b) => logIndex(a) - logIndex(b))
      .map((path) => join(logs, path));
  }

  async #applyKustomization(objects: readonly object[], more: Kustomization): Promise<void> {
    const folder = join(this.#bench.folder, this.namespace);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "app.yaml"), objects.map((object) => stringify(object)).join("---\n"));
    const components = (more.components ?? []).map((path) => relative(folder, join(DEPLOY, path)));
    const kustomization = { namespace: this.namespace, resources: ["app.yaml"], ...more, components };
    writeFileSync(join(folder, "kustomization.yaml"), stringify(kustomization));
    const text = await this.#node.kubectl("kustomize", "--load-restrictor", "LoadRestrictionsNone", folder);
    writeFileSync(join(folder, "rendered.yaml"), text);
    await this.kubectl("apply", "-f", join(folder, "rendered.yaml"));
  }
}

/** The status of a container or init container. @throws Error if the pod has none of that name yet. */
export function statusOf(pod: PodView, container: string): ContainerStatus {
  const all = [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])];
  const found = all.find(({ name }) => name === container);
  if (found === undefined) throw new Error(`The pod ${pod.metadata.name} has no status of ${container} yet.`);
  return found;
}

function splitImage(image: string): readonly string[] {
  const at = image.lastIndexOf(":");
  return [image.slice(0, at), image.slice(at + 1)];
}

/** The lines of a container, without the prefix of the runtime. */
function printed(text: string): readonly string[] {
  // The last line may be incomplete.
  return text
    .split("\n")
    .slice(0, -1)
    .map((line) => line.split(" ").slice(3).join(" "));
}

/** `…/app/3.log` is the output after the third restart. */
function logIndex(path: string): number {
  return Number(/(\d+)\.log$/.exec(path)?.[1] ?? "0");
}
