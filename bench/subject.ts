/**
 * podkey as the image runs it: the bundle, with the flags of the image's ENTRYPOINT, policy and metrics on. Serves a
 * folder of manifests made for the benchmark, or an API server.
 */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeKubeconfig } from "../test/support/kube/kubeconfig.ts";
import { ProcessUnderTest } from "./process-under-test.ts";

/** The flags of the image: a limit for the young generation. */
export const NODE_FLAGS: readonly string[] = ["--max-semi-space-size=4"];

/** The variables of the image that change what is measured. */
const IMAGE_ENV = { MALLOC_ARENA_MAX: "2" };

/** The bundle that `npm run build` makes; PODKEY_BENCH_DIST is the folder of another one, to compare two builds. */
export const DIST = process.env["PODKEY_BENCH_DIST"] || join(import.meta.dirname, "../dist");

const BUNDLE = join(DIST, "podkey.js");

/** Flags of Node that load bench/probe.js. */
export const PROBE = ["--expose-gc", "--import", join(import.meta.dirname, "probe.js")];

/** The address that `serve` gets for its metrics and probes: any free port. */
export const ADMIN: readonly string[] = ["--admin", "127.0.0.1:0"];

/** One Secret: name, and size of its one key `value`. */
export interface BenchSecret {
  readonly name: string;
  readonly sizeBytes: number;
}

/** How podkey is started. */
export interface PodkeyOptions {
  /** Folder of Node's compile cache, as an image has one. Default: none. */
  readonly compileCache?: string;
  readonly socketPath: string;
  /** Further arguments of `serve`. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The command in front of Node: a memory limit. */
  readonly under?: readonly string[];
  /** Flags of Node: PROBE, for what only the process itself can measure. */
  readonly probe?: readonly string[];
}

/** Fills a compile cache as the image's build does; returns its folder, for `compileCache`. */
export function warmCompileCache(folder: string): string {
  const cache = join(folder, "compile-cache");
  execFileSync(process.execPath, [...NODE_FLAGS, BUNDLE, "version"], {
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return cache;
}

/** An API server as `--kubeconfig` needs it. */
export interface ApiServerAccess {
  readonly url: string;
  readonly caPem: string;
  readonly token: string;
  readonly namespace: string;
}

/** A folder for one benchmark, and the function that removes it. */
export async function scratch(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "podkey-bench-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Writes manifests into FOLDER/manifests; returns the arguments of `serve` that serve them. */
export async function manifestArgs(
  folder: string,
  secrets: readonly BenchSecret[],
): Promise<readonly string[]> {
  const manifests = join(folder, "manifests");
  await mkdir(manifests, { recursive: true });
  for (const { name, sizeBytes } of secrets) {
    const value = Buffer.alloc(sizeBytes, 120).toString("base64");
    const manifest = { apiVersion: "v1", kind: "Secret", metadata: { name }, data: { value } };
    await writeFile(join(manifests, `${name}.json`), JSON.stringify(manifest));
  }
  return ["--source", "manifests", "--manifests", manifests];
}

/** Writes a kubeconfig into the folder; returns the arguments of `serve` that use it. */
export function kubeconfigArgs(folder: string, server: ApiServerAccess): readonly string[] {
  const { url, caPem, token, namespace } = server;
  const path = join(folder, "kubeconfig");
  return [
    "--kubeconfig",
    writeKubeconfig(path, { url, caPem, namespace, identity: { kind: "token", token } }),
  ];
}

/** Starts podkey; resolves when it is synced and serves. */
export function startPodkey(options: PodkeyOptions): Promise<ProcessUnderTest> {
  const { compileCache = "", socketPath, args, env, under = [], probe = [] } = options;
  const serve = ["serve", "--listen", `unix:${socketPath}`, "--log-format", "json", ...args];
  return ProcessUnderTest.start({
    under,
    args: [...NODE_FLAGS, ...probe, BUNDLE, ...serve],
    env: { ...IMAGE_ENV, ...(compileCache === "" ? {} : { NODE_COMPILE_CACHE: compileCache }), ...env },
    isReady: (line) => line.includes('"event":"app_ready"'),
  });
}
