/**
 * A context out of one or several kubeconfig files, chosen and merged as client-go does. Called by target.ts at start
 * and by kubeconfig-credentials.ts when files are read again. Imported only when a kubeconfig is needed, because it
 * loads a YAML parser.
 */
import { readFile } from "node:fs/promises";
import { nodeErrorCode } from "../failure/classify-node-error.ts";
import { TargetError } from "../failure/target-error.ts";
import { checkCluster, checkUser } from "./check-entries.ts";
import type { ClusterEntry, ContextEntry, KubeconfigFile, UserEntry } from "./kubeconfig-entries.ts";
import { parseKubeconfigFile } from "./kubeconfig-file.ts";
import { parseServer } from "./parse-server.ts";

/** Which files and which context. */
export interface KubeconfigChoice {
  /** In order of precedence; at least one. */
  readonly paths: readonly string[];
  /** Missing files are skipped, as in KUBECONFIG; false for --kubeconfig. */
  readonly skipMissing: boolean;
  /** Undefined: the current context of the files. */
  readonly context: string | undefined;
}

/** A context with its cluster and user. */
export interface LoadedKubeconfig {
  /** Name of the context. */
  readonly context: string;
  readonly server: URL;
  /** Namespace of the context; `default` if it names none. */
  readonly namespace: string;
  readonly clusterName: string;
  readonly cluster: ClusterEntry;
  readonly userName: string;
  /** Undefined: anonymous, because the context names no user. */
  readonly user: UserEntry | undefined;
}

/** Reads the files and resolves the context. @throws TargetError with one sentence. */
export async function loadKubeconfig(choice: KubeconfigChoice): Promise<LoadedKubeconfig> {
  const files = await readFiles(choice);
  const where = choice.paths.join(", ");
  const clusters = merge(files.map((file) => file.clusters));
  const users = merge(files.map((file) => file.users));
  const contexts = merge(files.map((file) => file.contexts));
  const current = files.map(({ currentContext }) => currentContext).find((name) => name !== undefined);
  const name = choice.context ?? current;
  const has = `it has: ${[...contexts.keys()].join(", ") || "none"}`;
  if (name === undefined) {
    throw new TargetError(
      `The kubeconfig ${where} has no current-context (${has}); pass --context or run kubectl config use-context.`,
    );
  }
  const context = contexts.get(name);
  if (context === undefined) throw new TargetError(`The kubeconfig ${where} has no context ${name}; ${has}.`);
  const cluster = clusterOf(context, name, clusters);
  const user = userOf(context, name, users);
  const clusterName = context.cluster ?? "";
  const userName = context.user ?? "";
  checkCluster(cluster, clusterName);
  if (user !== undefined) checkUser(user, userName);
  return {
    context: name,
    server: parseServer(cluster, clusterName),
    namespace: context.namespace ?? "default",
    clusterName,
    cluster,
    userName,
    user,
  };
}

async function readFiles({ paths, skipMissing }: KubeconfigChoice): Promise<readonly KubeconfigFile[]> {
  const files: KubeconfigFile[] = [];
  for (const path of new Set(paths)) {
    let text: string;
    try {
      text = await readFile(path, "utf8");
    } catch (error) {
      const code = nodeErrorCode(error);
      if (skipMissing && code === "ENOENT") continue;
      throw new TargetError(
        `The kubeconfig ${path} cannot be read (${code}); check the path in --kubeconfig or KUBECONFIG, and the owner and mode of the file.`,
      );
    }
    files.push(parseKubeconfigFile(text, path));
  }
  if (files.length === 0) throw new TargetError(`No kubeconfig exists at ${paths.join(", ")}.`);
  return files;
}

/** The first file that has an entry wins. */
function merge<T>(files: readonly ReadonlyMap<string, T>[]): ReadonlyMap<string, T> {
  return new Map(files.toReversed().flatMap((file) => [...file]));
}

function clusterOf(
  { cluster, path }: ContextEntry,
  context: string,
  clusters: ReadonlyMap<string, ClusterEntry>,
): ClusterEntry {
  if (cluster === undefined)
    throw new TargetError(`The context ${context} in the kubeconfig ${path} names no cluster; add one.`);
  const found = clusters.get(cluster);
  if (found !== undefined) return found;
  throw new TargetError(
    `The context ${context} in the kubeconfig ${path} names the cluster ${cluster}, which does not exist; correct the name or add the cluster.`,
  );
}

function userOf(
  { user, path }: ContextEntry,
  context: string,
  users: ReadonlyMap<string, UserEntry>,
): UserEntry | undefined {
  if (user === undefined) return undefined;
  const found = users.get(user);
  if (found !== undefined) return found;
  throw new TargetError(
    `The context ${context} in the kubeconfig ${path} names the user ${user}, which does not exist; correct the name or add the user.`,
  );
}
