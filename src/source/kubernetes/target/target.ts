/**
 * Finds the API server: the pod's own in a cluster, else a kubeconfig's, else one error that names both attempts.
 * Called once at start by `serve` and `check`; sends nothing.
 */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { Clock } from "../../../core/time/clock.ts";
import type { Log } from "../../../log/events.ts";
import type { Credentials } from "./credentials.ts";
import type { LoadedKubeconfig } from "./kubeconfig.ts";
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
  /** The default of --namespace. */
  readonly namespace: string;
  readonly credentials: Credentials;
  /** HTTP proxy for CONNECT. */
  readonly proxy: URL | undefined;
}

export interface TargetDeps {
  readonly env: Env;
  readonly clock: Clock;
  readonly log: Log;
  readonly parameters: KubeParameters;
  /** --kubeconfig; if set, nothing else is tried. */
  readonly kubeconfig: string | undefined;
  /** --context; if set, a kubeconfig is used even in a cluster. */
  readonly context: string | undefined;
  /** Where the kubelet mounts a ServiceAccount; tests set their own. */
  readonly serviceAccountDir?: string;
  /** Home directory, for ~/.kube/config. */
  readonly home?: string;
}

/** Resolves the target. @throws TargetError in one sentence, for exit code 2. */
export async function resolveTarget(deps: TargetDeps): Promise<Target> {
  const directory = deps.serviceAccountDir ?? SERVICE_ACCOUNT_DIR;
  const paths = kubeconfigPaths(deps);
  if (deps.kubeconfig !== undefined || deps.context !== undefined) return fromKubeconfig(deps, paths);
  const host = deps.env["KUBERNETES_SERVICE_HOST"] ?? "";
  const port = deps.env["KUBERNETES_SERVICE_PORT"] ?? "443";
  const hasToken = await isReadable(join(directory, "token"));
  if (host !== "" && hasToken) return inCluster(deps, directory, host, port);
  const readable = await Promise.all(paths.map(isReadable));
  if (readable.includes(true)) return fromKubeconfig(deps, paths);
  const missing =
    host === "" ? "KUBERNETES_SERVICE_HOST is not set" : `${join(directory, "token")} cannot be read`;
  throw new TargetError(
    `No API server is configured: not in a cluster (${missing}), and no kubeconfig at ${paths.join(", ")}; ` +
      "run podkey in a pod with a ServiceAccount token, pass --kubeconfig, or choose another --source.",
  );
}

function kubeconfigPaths(deps: TargetDeps): readonly string[] {
  if (deps.kubeconfig !== undefined) return [deps.kubeconfig];
  const listed = (deps.env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  return listed.length > 0 ? listed : [join(deps.home ?? deps.env["HOME"] ?? homedir(), ".kube", "config")];
}

async function isReadable(path: string): Promise<boolean> {
  try {
    await readFile(path);
    return true;
  } catch {
    return false;
  }
}

async function inCluster(deps: TargetDeps, directory: string, host: string, port: string): Promise<Target> {
  const server = parseServer(
    `https://${host.includes(":") ? `[${host}]` : host}:${port}`,
    "KUBERNETES_SERVICE_HOST",
  );
  return {
    kind: "in-cluster",
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
    import("./kubeconfig.ts"),
    import("./kubeconfig-credentials.ts"),
  ]);
  const load = (): Promise<LoadedKubeconfig> => loadKubeconfig({ paths, context: deps.context });
  const loaded = await load();
  const server = parseServer(loaded.server, `context ${loaded.context} of the kubeconfig`);
  return {
    kind: "kubeconfig",
    server,
    namespace: loaded.namespace,
    credentials: createKubeconfigCredentials({ ...deps, loaded, reload: load }),
    proxy: readProxy(server, deps.env, loaded.proxyUrl),
  };
}

function parseServer(text: string, source: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "https:" && url?.protocol !== "http:") {
    throw new TargetError(`The server in ${source} is not a valid http:// or https:// URL: ${text}.`);
  }
  return url;
}

function readProxy(server: URL, env: Env, fromConfig: string | undefined): URL | undefined {
  try {
    return proxyFor(server, env, fromConfig);
  } catch (error) {
    throw error instanceof RangeError ? new TargetError(error.message) : error;
  }
}
