/**
 * The credentials of a kubeconfig's user: token, token file, password, client certificate, exec plugin, impersonation.
 * Files are read again after a while, and at once when the API server refuses; then the kubeconfig itself too, so that
 * an edit takes effect without a restart. Created by target.ts.
 */
import { isatty } from "node:tty";
import type { Clock, Timers } from "../../../core/time/clock.ts";
import type { Log } from "../../../log/events.ts";
import { SyncError } from "../../../sync/port/sync-error.ts";
import { createExecCredentials } from "../kubeconfig/exec-credentials.ts";
import { runExecPlugin } from "../kubeconfig/exec-plugin.ts";
import type { LoadedKubeconfig } from "../kubeconfig/kubeconfig.ts";
import type { ClusterEntry, UserEntry } from "../kubeconfig/kubeconfig-entries.ts";
import type { Credentials } from "./credentials.ts";
import { sameTlsMaterial } from "./credentials.ts";
import type { KubeParameters } from "./parameters.ts";
import type { Env } from "./proxy-rules.ts";
import type { Material } from "./read-material.ts";
import { readMaterial, readPem } from "./read-material.ts";
import { createRenewing } from "./renewing.ts";

export interface KubeconfigCredentialsDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly env: Env;
  readonly parameters: KubeParameters;
  /** As resolved at start. */
  readonly loaded: LoadedKubeconfig;
  /** Reads the same context again. */
  reload(): Promise<LoadedKubeconfig>;
}

/** Credentials of the context. Rejects with a SyncError if the files of the user cannot be used. */
export async function createKubeconfigCredentials(deps: KubeconfigCredentialsDeps): Promise<Credentials> {
  let loaded = deps.loaded;
  let isStale = false;
  const stop = new AbortController();
  const material = createRenewing<Material>({
    clock: deps.clock,
    maxAgeMs: deps.parameters.tokenMaxAgeMs,
    read: async () => {
      if (isStale) loaded = await reloadSame(deps);
      isStale = false;
      return readMaterial(loaded, deps.env);
    },
    same: sameMaterial,
    onKept: () => {
      deps.log("kube_credentials_kept", { context: loaded.context });
    },
  });
  const plugin = createExecCredentials({
    clock: deps.clock,
    run: () => runPlugin(deps, loaded, stop.signal),
  });
  await material.current();
  if (loaded.server.protocol === "http:" && hasCredentials(loaded.user))
    deps.log("kube_plain_http", { server: loaded.server.host });
  return {
    async headers() {
      const { headers } = await material.current();
      if (!usesPlugin(loaded)) return headers;
      const { token } = await plugin.current();
      return token === undefined ? headers : { authorization: `Bearer ${token}`, ...headers };
    },
    async tls() {
      const { tls } = await material.current();
      if (!usesPlugin(loaded)) return tls;
      const { cert, key } = await plugin.current();
      return { ...tls, cert, key };
    },
    async renew() {
      isStale = true;
      const changed = await material.renew();
      return (usesPlugin(loaded) && (await plugin.renew())) || changed;
    },
    close() {
      stop.abort();
    },
  };
}

/** The credentials of another server are never used: its address in the kubeconfig may have changed. */
async function reloadSame(deps: KubeconfigCredentialsDeps): Promise<LoadedKubeconfig> {
  const { loaded } = deps;
  const next = await deps.reload();
  if (next.server.href === loaded.server.href) return next;
  throw new SyncError(
    "configuration",
    `The context ${loaded.context} now names another server than ${loaded.server.host}; restart podkey to use it.`,
  );
}

function hasCredentials(user: UserEntry | undefined): boolean {
  if (user === undefined) return false;
  return [user.token, user.tokenFile, user.username, user.exec].some((each) => each !== undefined);
}

/** As in client-go, a plugin is used only if the user has no other credentials, and not for plain HTTP. */
function usesPlugin({ server, user }: LoadedKubeconfig): boolean {
  if (server.protocol === "http:" || user?.exec === undefined) return false;
  const { token, tokenFile, username, certificate } = user;
  return [token, tokenFile, username, certificate.data, certificate.file].every((each) => each === undefined);
}

async function runPlugin(
  deps: KubeconfigCredentialsDeps,
  { user, userName, cluster }: LoadedKubeconfig,
  signal: AbortSignal,
): ReturnType<typeof runExecPlugin> {
  if (user?.exec === undefined) throw new Error("unreachable: usesPlugin() was true");
  const { timers, env } = deps;
  return runExecPlugin({
    timers,
    env,
    signal,
    userName,
    entry: user.exec,
    hasTerminal: isatty(0),
    cluster: user.exec.provideClusterInfo ? await clusterInfo(cluster) : undefined,
  });
}

/** `spec.cluster` of an ExecCredential. */
async function clusterInfo(cluster: ClusterEntry): Promise<object> {
  const ca = await readPem(cluster.ca);
  return {
    server: cluster.server,
    ...(cluster.serverName !== undefined && { "tls-server-name": cluster.serverName }),
    ...(cluster.insecure && { "insecure-skip-tls-verify": true }),
    ...(ca !== undefined && { "certificate-authority-data": Buffer.from(ca).toString("base64") }),
    ...(cluster.proxyUrl !== undefined && { "proxy-url": cluster.proxyUrl }),
    ...(cluster.disableCompression && { "disable-compression": true }),
    config: cluster.execConfig ?? null,
  };
}

function sameMaterial(a: Material, b: Material): boolean {
  return sameTlsMaterial(a.tls, b.tls) && JSON.stringify(a.headers) === JSON.stringify(b.headers);
}
