/**
 * The versions of Kubernetes and etcd for the tests, from the two go.mod files, and the cache folder of their binaries.
 * Used by build.ts and by test/support/kube/assets.ts.
 */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** Folders of the two Go modules. */
export const KUBERNETES_MODULE = join(import.meta.dirname, "kubernetes");
export const ETCD_MODULE = join(import.meta.dirname, "etcd");

/** The pinned versions. */
export interface KubeVersions {
  /** `v1.36.3` */
  readonly kubernetes: string;
  /** `v3.6.16` */
  readonly etcd: string;
  /** The minimum Go version of both modules: `1.26.0`. */
  readonly go: string;
}

/** Reads the pinned versions from the go.mod files. */
export function readKubeVersions(): KubeVersions {
  const kubernetes = readFileSync(join(KUBERNETES_MODULE, "go.mod"), "utf8");
  const etcd = readFileSync(join(ETCD_MODULE, "go.mod"), "utf8");
  return {
    kubernetes: find(kubernetes, /^\s*(?:require )?k8s\.io\/kubernetes (v\S+)/m),
    etcd: find(etcd, /^\s*(?:require )?go\.etcd\.io\/etcd\/server\/v3 (v\S+)/m),
    go: find(kubernetes, /^go (\S+)/m),
  };
}

function find(goMod: string, line: RegExp): string {
  const found = line.exec(goMod)?.[1];
  if (found === undefined) throw new Error(`No line of a go.mod under test/kube matches ${line.source}.`);
  return found;
}

/** The cache folder of these versions; not created here. Honours XDG_CACHE_HOME. */
export function kubeCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const { kubernetes, etcd } = readKubeVersions();
  const cacheHome = env["XDG_CACHE_HOME"];
  const base = cacheHome === undefined || cacheHome === "" ? join(homedir(), ".cache") : cacheHome;
  return join(base, "podkey", "kube", `${kubernetes}-etcd-${etcd}`);
}

/** For tests with an API server. */
export const SERVER_BINARIES = ["etcd", "kube-apiserver", "kubectl"] as const;

/** Also needed for a whole node. */
export const NODE_BINARIES = ["kubelet", "kube-controller-manager", "kube-scheduler"] as const;

/** A binary that `npm run kube:build` builds. */
export type KubeBinary = (typeof SERVER_BINARIES)[number] | (typeof NODE_BINARIES)[number];
