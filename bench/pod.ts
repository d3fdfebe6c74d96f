/**
 * The ServiceAccount files at their fixed place, as in a pod. A benchmark that starts podkey as in a pod runs in its own
 * mount namespace, where /run is empty and writable; nothing outside changes.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SERVICE_ACCOUNT_DIR } from "../src/source/kubernetes/target/service-account.ts";
import type { ApiServerAccess } from "./subject.ts";

const INSIDE = "PODKEY_BENCH_IN_POD";

/**
 * Runs this process again inside such a namespace and returns its exit code. Undefined inside the namespace, and if the
 * system allows no namespaces: then a benchmark that needs one throws.
 */
export function enterPod(): number | undefined {
  if (process.env[INSIDE] !== undefined) return undefined;
  const script = 'mount -t tmpfs none /run && exec "$@"';
  const root = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const enter = [...root, "--mount", "sh", "-c", script, "sh"];
  if (spawnSync("unshare", [...enter, "true"]).status !== 0) return undefined;
  const env = { ...process.env, [INSIDE]: "1" };
  const inside = [...enter, process.execPath, ...process.argv.slice(1)];
  return spawnSync("unshare", inside, { stdio: "inherit", env }).status ?? 1;
}

/** Puts the account's files in place; returns the environment of a container. @throws Error outside a pod. */
export function mountAccount(server: ApiServerAccess): Readonly<Record<string, string>> {
  if (process.env[INSIDE] === undefined)
    throw new Error("This benchmark needs a mount namespace (unshare), which this system does not allow.");
  mkdirSync(SERVICE_ACCOUNT_DIR, { recursive: true });
  const { hostname, port } = new URL(server.url);
  const files = { token: server.token, "ca.crt": server.caPem, namespace: server.namespace };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(SERVICE_ACCOUNT_DIR, name), text);
  return { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
}
