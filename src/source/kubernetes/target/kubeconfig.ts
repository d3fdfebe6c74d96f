/**
 * A cluster and a user out of kubeconfig files, for laptops and operators. @kubernetes/client-node reads the files and
 * runs exec plugins; it is imported here and only when a kubeconfig is needed, since it costs 60 MB that no pod should
 * pay. Called by target.ts.
 */
import type { KubeConfig } from "@kubernetes/client-node";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parse } from "yaml";
import { nodeErrorCode } from "../failure/classify-node-error.ts";
import { asRecord } from "../../content/record.ts";
import { asText } from "../failure/parse-json.ts";
import { TargetError } from "../failure/target-error.ts";

/** Which files and which context. */
export interface KubeconfigChoice {
  /** Files in order of precedence; at least one. Missing ones are skipped if another one is there, as kubectl does. */
  readonly paths: readonly string[];
  /** Undefined: the current context of the files. */
  readonly context: string | undefined;
}

/** A context of a kubeconfig, resolved. */
export interface LoadedKubeconfig {
  /** URL of the API server. */
  readonly server: string;
  /** Namespace of the context; `default` when it names none. */
  readonly namespace: string;
  readonly context: string;
  readonly proxyUrl: string | undefined;
  /** Absolute path of the user's `tokenFile`; client-node does not know that field. */
  readonly tokenFile: string | undefined;
  /** For certificates and exec plugins; its current context is the chosen one. */
  readonly config: KubeConfig;
}

/** Reads the files and picks the context. @throws TargetError in one sentence. */
export async function loadKubeconfig(choice: KubeconfigChoice): Promise<LoadedKubeconfig> {
  const where = choice.paths.join(", ");
  const config = await readMerged(choice.paths);
  if (choice.context !== undefined) config.setCurrentContext(choice.context);
  const context = config.getContextObject(config.getCurrentContext());
  if (context === null) {
    const known = config.getContexts().map(({ name }) => name);
    const wanted = choice.context ?? (config.getCurrentContext() || "(no current-context)");
    throw new TargetError(
      `The kubeconfig ${where} has no context ${wanted}; it has: ${known.join(", ") || "none"}.`,
    );
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new TargetError(
      `The context ${context.name} of ${where} names the cluster ${context.cluster}, which is not in it.`,
    );
  }
  return {
    server: cluster.server,
    namespace: asText(context.namespace) ?? "default",
    context: context.name,
    proxyUrl: asText(cluster.proxyUrl),
    tokenFile: await findTokenFile(choice.paths, context.user),
    config,
  };
}

async function readMerged(paths: readonly string[]): Promise<KubeConfig> {
  const { KubeConfig } = await import("./client-node.ts");
  let merged: KubeConfig | undefined;
  const problems: string[] = [];
  for (const path of paths) {
    const one = new KubeConfig();
    try {
      one.loadFromFile(path);
    } catch (error) {
      // client-node's own message may quote the file, which may hold a token.
      problems.push(`${path} (${nodeErrorCode(error)})`);
      continue;
    }
    if (merged === undefined) merged = one;
    else addMissing(merged, one);
  }
  if (merged === undefined) throw new TargetError(`No kubeconfig could be read: ${problems.join(", ")}.`);
  return merged;
}

/** kubectl's rule: the first file that has an entry wins. */
function addMissing(into: KubeConfig, from: KubeConfig): void {
  for (const cluster of from.getClusters())
    if (into.getCluster(cluster.name) === null) into.addCluster(cluster);
  for (const user of from.getUsers()) if (into.getUser(user.name) === null) into.addUser(user);
  for (const context of from.getContexts())
    if (into.getContextObject(context.name) === null) into.addContext(context);
  if (!into.getCurrentContext()) into.setCurrentContext(from.getCurrentContext());
}

async function findTokenFile(paths: readonly string[], userName: string): Promise<string | undefined> {
  for (const path of paths) {
    const users = asRecord(await readYaml(path))?.["users"];
    const entries: readonly unknown[] = Array.isArray(users) ? users : [];
    const entry = entries.map(asRecord).find((candidate) => candidate?.["name"] === userName);
    if (entry === undefined) continue;
    const tokenFile = asText(asRecord(entry["user"])?.["tokenFile"]);
    return tokenFile === undefined ? undefined : resolve(dirname(path), tokenFile);
  }
  return undefined;
}

async function readYaml(path: string): Promise<unknown> {
  try {
    return parse(await readFile(path, "utf8"));
  } catch {
    // readMerged has reported it already.
    return undefined;
  }
}
