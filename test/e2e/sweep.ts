/**
 * Removes what a node leaves on the machine besides processes: mounts, network, cgroups. Called by the teardown of a run,
 * and by the next run after one that was killed.
 */
import { readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { tryCommand } from "../support/run-command.ts";
import { CLUSTER_ADDRESS } from "./node-config.ts";

/** Unmounts everything below a folder, deepest first. */
export async function unmountBelow(folder: string): Promise<void> {
  const mounts = readFileSync("/proc/mounts", "utf8")
    .split("\n")
    .flatMap((line) => line.split(" ")[1] ?? [])
    .filter((path) => path.startsWith(`${folder}/`));
  for (const mount of mounts.reverse()) await tryCommand("umount", ["-l", mount]);
}

/** Removes the pods' network namespaces, the bridge and the cluster's address. */
export async function sweepNetwork(): Promise<void> {
  for (const netns of cniNamespaces()) await tryCommand("ip", ["netns", "delete", netns]);
  await tryCommand("ip", ["link", "delete", "podkey0"]);
  await tryCommand("ip", ["addr", "del", `${CLUSTER_ADDRESS}/32`, "dev", "lo"]);
}

/** Network namespaces that CNI created. */
export function cniNamespaces(): readonly string[] {
  try {
    return readdirSync("/run/netns").filter((name) => name.startsWith("cni-"));
  } catch {
    return [];
  }
}

/** The kubelet leaves empty cgroups behind; only empty ones can be removed. */
export function removeCgroups(): void {
  const remove = (folder: string): void => {
    let entries;
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch {
      return;
    }
    for (const entry of entries) if (entry.isDirectory()) remove(join(folder, entry.name));
    try {
      rmdirSync(folder);
    } catch {
      // In use by processes that this script did not start.
    }
  };
  const controllers = readdirSync("/sys/fs/cgroup", { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  for (const { name } of controllers) remove(join("/sys/fs/cgroup", name, "kubepods"));
  remove("/sys/fs/cgroup/kubepods");
}
