/**
 * Which Kubernetes and etcd the tests run against, and where their binaries are cached. Read from the two go.mod
 * files, so that a version is written in one place only. Used by `build.ts` and by `test/support/kube/assets.ts`.
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
  /** The oldest Go that both modules accept: `1.26.0`. */
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

/** What the API server tests need. */
export const SERVER_BINARIES = ["etcd", "kube-apiserver", "kubectl"] as const;

/** What a whole node needs besides. */
export const NODE_BINARIES = ["kubelet", "kube-controller-manager", "kube-scheduler"] as const;

/** Name of a binary that `npm run kube:build` makes. */
export type KubeBinary = (typeof SERVER_BINARIES)[number] | (typeof NODE_BINARIES)[number];
