/**
 * `npm run kube:build`: builds the Kubernetes binaries that the tests run against, once, into a user cache folder
 * (7 to 9 minutes on 2 cores when nothing is cached). `--node` adds what a whole node needs, for the e2e tier.
 * Each binary is renamed into place when it is complete, so an interrupted build leaves no partial file.
 */
import { accessSync, constants, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { takeBuildLock } from "./build-lock.ts";
import { checkGo, goBuild } from "./go-toolchain.ts";
import { formatElapsed, withProgress } from "./progress.ts";
import {
  ETCD_MODULE,
  kubeCacheFolder,
  KUBERNETES_MODULE,
  NODE_BINARIES,
  readKubeVersions,
  SERVER_BINARIES,
} from "./versions.ts";
import type { KubeBinary } from "./versions.ts";

/** Prints one line. */
function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function missing(folder: string, wanted: readonly KubeBinary[]): readonly KubeBinary[] {
  return wanted.filter((binary) => {
    try {
      accessSync(join(folder, binary), constants.X_OK);
      return false;
    } catch {
      return true;
    }
  });
}

/** Without these stamps the server reports v0.0.0 and rejects some feature combinations. */
function kubernetesLdflags(version: string): string {
  const [major = "", minor = ""] = version.replace(/^v/, "").split(".");
  const stamp = "-X k8s.io/component-base/version";
  return `-s -w ${stamp}.gitVersion=${version} ${stamp}.gitMajor=${major} ${stamp}.gitMinor=${minor}`;
}

async function buildOne(binary: KubeBinary, output: string): Promise<void> {
  if (binary === "etcd") {
    const packagePath = "go.etcd.io/etcd/server/v3";
    return goBuild({ moduleFolder: ETCD_MODULE, packagePath, ldflags: "-s -w", output });
  }
  const ldflags = kubernetesLdflags(readKubeVersions().kubernetes);
  return goBuild({
    moduleFolder: KUBERNETES_MODULE,
    packagePath: `k8s.io/kubernetes/cmd/${binary}`,
    ldflags,
    output,
  });
}

async function buildMissing(folder: string, wanted: readonly KubeBinary[]): Promise<void> {
  const todo = missing(folder, wanted);
  // The lock is held, so files in the work folder are from a build that was killed.
  const work = `${folder}.building`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  mkdirSync(work, { recursive: true });
  try {
    for (const [index, binary] of todo.entries()) {
      const label = `[${String(index + 1)}/${String(todo.length)}] ${binary}`;
      await withProgress({ out: process.stdout, label }, () => buildOne(binary, join(work, binary)));
      renameSync(join(work, binary), join(folder, binary));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((arg) => arg !== "--node");
  if (unknown !== undefined) {
    print(
      `Unknown option ${unknown}; kube:build has only --node (also build kubelet, controller manager and scheduler).`,
    );
    return 2;
  }
  const wanted = args.includes("--node") ? [...SERVER_BINARIES, ...NODE_BINARIES] : SERVER_BINARIES;
  const folder = kubeCacheFolder();
  if (missing(folder, wanted).length === 0) {
    print(`Kubernetes for the tests is in ${folder}.`);
    return 0;
  }
  const versions = readKubeVersions();
  const go = await checkGo(versions.go);
  if (!go.ok) {
    print(go.sentence);
    return 1;
  }
  mkdirSync(dirname(folder), { recursive: true });
  const release = await takeBuildLock({
    path: `${folder}.lock`,
    pollMs: 1_000,
    onWait: (pid) => {
      print(`Another build (process ${String(pid)}) is running; waiting for it.`);
    },
  });
  const startedMs = performance.now();
  try {
    print(
      `Building Kubernetes ${versions.kubernetes} and etcd ${versions.etcd} into ${folder}; 7 to 9 minutes on 2 cores the first time.`,
    );
    await buildMissing(folder, wanted);
    print(`Kubernetes for the tests is in ${folder} (${formatElapsed(performance.now() - startedMs)}).`);
    return 0;
  } catch (error) {
    print(error instanceof Error ? error.message : String(error));
    return 1;
  } finally {
    release();
  }
}

process.exitCode = await main(process.argv.slice(2));
