/**
 * Finds the API server: the pod's own in a cluster, else a kubeconfig's, else one error that names both attempts.
 * Called once at start by `serve` and `check`; sends nothing.
 */
import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { Clock, Timers } from "../../../core/time/clock.ts";
import type { Log } from "../../../log/events.ts";
import { SyncError } from "../../../sync/port/sync-error.ts";
import { nodeErrorCode } from "../failure/classify-node-error.ts";
import type { Credentials } from "./credentials.ts";
import type { KubeParameters } from "./parameters.ts";
import { asRecord } from "../../content/record.ts";
import { asText, parseJson } from "../failure/parse-json.ts";
import type { Env } from "./proxy-rules.ts";
import { proxyFor } from "./proxy-rules.ts";
import { SERVICE_ACCOUNT_DIR, createServiceAccountCredentials } from "./service-account.ts";
import { TargetError } from "../failure/target-error.ts";

/** The API server and the way to it. */
export interface Target {
  readonly kind: "in-cluster" | "kubeconfig";
  /** May have a path, the prefix of every request's path (a cluster behind a gateway). */
  readonly server: URL;
  /** Who podkey is, in words, before the API server has reported the user. */
  readonly identity?: string;
  /** The default of --namespace. */
  readonly namespace: string;
  readonly credentials: Credentials;
  /** http(s): for CONNECT; socks5: by RFC 1928. */
  readonly proxy: URL | undefined;
}

export interface TargetDeps {
  readonly env: Env;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly parameters: KubeParameters;
  /** --kubeconfig; if set, nothing else is tried. */
  readonly kubeconfig: string | undefined;
  /** --context; if set, a kubeconfig is used even in a cluster. */
  readonly context: string | undefined;
  /** Where the kubelet mounts a ServiceAccount; tests set their own. */
  readonly serviceAccountDir?: string;
  /** The home directory if HOME is not set; tests set their own. Default: the one in /etc/passwd. */
  readonly homedir?: () => string;
}

/** Resolves the target. @throws TargetError in one sentence, for exit code 2. */
export async function resolveTarget(deps: TargetDeps): Promise<Target> {
  const directory = deps.serviceAccountDir ?? SERVICE_ACCOUNT_DIR;
  const paths = kubeconfigPaths(deps);
  const host = deps.env["KUBERNETES_SERVICE_HOST"] ?? "";
  const port = deps.env["KUBERNETES_SERVICE_PORT"] ?? "443";
  const isChosen = deps.kubeconfig !== undefined || deps.context !== undefined;
  if (!isChosen && host !== "" && (await exists(join(directory, "token"))))
    return inCluster(deps, directory, host, port);
  const present = await Promise.all(paths.map(exists));
  if (deps.kubeconfig !== undefined || present.includes(true)) return fromKubeconfig(deps, paths);
  const missing =
    host === "" ? "KUBERNETES_SERVICE_HOST is not set" : `${join(directory, "token")} does not exist`;
  const where = paths.length === 0 ? "HOME is not set" : `no kubeconfig at ${paths.join(", ")}`;
  throw new TargetError(
    `No API server is configured: not in a cluster (${missing}), and ${where}; ` +
      "run podkey in a pod with a ServiceAccount token, pass --kubeconfig, or choose another --source.",
  );
}

function kubeconfigPaths(deps: TargetDeps): readonly string[] {
  if (deps.kubeconfig !== undefined) return [deps.kubeconfig];
  const listed = (deps.env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  if (listed.length > 0) return listed;
  const home = homeDirectory(deps);
  return home === undefined ? [] : [join(home, ".kube", "config")];
}

/** Undefined for a user without HOME and without an entry in /etc/passwd, as in a pod with an arbitrary uid. */
function homeDirectory(deps: TargetDeps): string | undefined {
  const home = deps.env["HOME"] ?? "";
  if (home !== "") return home;
  try {
    return (deps.homedir ?? homedir)();
  } catch {
    return undefined;
  }
}

/** Also true for a file that exists but cannot be read: that is an error later, not a reason to try something else. */
async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    return !["ENOENT", "ENOTDIR"].includes(nodeErrorCode(error));
  }
}

async function inCluster(deps: TargetDeps, directory: string, host: string, port: string): Promise<Target> {
  const address = `https://${host.includes(":") ? `[${host}]` : host}:${port}`;
  if (!URL.canParse(address)) {
    throw new TargetError(
      `KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not a valid address: ${host}, ${port}.`,
    );
  }
  const server = new URL(address);
  return {
    kind: "in-cluster",
    identity: "the pod's ServiceAccount",
    server,
    namespace: await ownNamespace(directory),
    credentials: createServiceAccountCredentials({ ...deps, directory }),
    proxy: readProxy(server, deps.env, undefined),
  };
}

/** From the mounted file, else from the token: a projected volume without the downward API has no such file. */
async function ownNamespace(directory: string): Promise<string> {
  const mounted = await readOptional(join(directory, "namespace"));
  if (mounted !== "") return mounted;
  const claims = readClaims(await readOptional(join(directory, "token")));
  return asText(asRecord(claims?.["kubernetes.io"])?.["namespace"]) ?? "default";
}

async function readOptional(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch {
    return "";
  }
}

/** The payload of a ServiceAccount token (a JWT). Not verified: only the namespace is read. */
function readClaims(token: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return asRecord(parseJson(Buffer.from(token.split(".")[1] ?? "", "base64url"), "a token"));
  } catch {
    return undefined;
  }
}

/** The kubeconfig reader is imported here: it loads a YAML parser, which a pod does not need. */
async function fromKubeconfig(deps: TargetDeps, paths: readonly string[]): Promise<Target> {
  const [{ loadKubeconfig }, { createKubeconfigCredentials }] = await Promise.all([
    import("../kubeconfig/kubeconfig.ts"),
    import("./kubeconfig-credentials.ts"),
  ]);
  const load = (context: string | undefined): ReturnType<typeof loadKubeconfig> =>
    loadKubeconfig({ paths, skipMissing: deps.kubeconfig === undefined, context });
  const loaded = await load(deps.context);
  const { server } = loaded;
  return {
    kind: "kubeconfig",
    identity: `${loaded.userName === "" ? "no user" : `user ${loaded.userName}`} of context ${loaded.context}`,
    server,
    namespace: loaded.namespace,
    credentials: await createKubeconfigCredentials({
      ...deps,
      loaded,
      // The context of the start, also after kubectl config use-context.
      reload: () => load(loaded.context),
    }).catch(asTargetError),
    proxy: readProxy(server, deps.env, loaded.cluster.proxyUrl),
  };
}

/** What cannot be used at the start is a mistake of the configuration. */
function asTargetError(error: unknown): never {
  throw error instanceof SyncError ? new TargetError(error.message) : error;
}

function readProxy(server: URL, env: Env, fromConfig: string | undefined): URL | undefined {
  try {
    return proxyFor(server, env, fromConfig);
  } catch (error) {
    throw error instanceof RangeError ? new TargetError(error.message) : error;
  }
}
