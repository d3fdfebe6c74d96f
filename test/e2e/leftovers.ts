/**
 * What a run of the e2e tier could leave on the machine, looked at after the teardown: processes, mounts, network, cgroups.
 */
import { existsSync, globSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitUntil } from "./wait-until.ts";
import { CLUSTER_ADDRESS } from "./node-config.ts";
import { tryCommand } from "../support/run-command.ts";
import { cniNamespaces, removeCgroups, sweepNetwork, unmountBelow } from "./sweep.ts";

/** Folders of a run, as they show in arguments and mount points. */
const OURS = /\/podkey-(kube|e2e)-\w{6}/;

/** What only a node runs: an API server alone may belong to another test of this machine. */
const NODE_PROGRAMS = /(containerd[\w-]*|kubelet|kube-controller-manager|kube-scheduler)$/;

/** Names everything that is left; empty when nothing is. Gives the kernel a moment to end what was killed. */
export async function leftovers(): Promise<readonly string[]> {
  let left: readonly string[] = [];
  await waitUntil(
    "nothing to be left",
    async () => {
      left = await look();
      return left.length === 0;
    },
    { limitMs: 5_000 },
  ).catch(() => undefined);
  return left;
}

/** Ends and takes away what a run left that was killed; only when no other run is alive. */
export async function removeLeftovers(): Promise<void> {
  const folders = readdirSync(tmpdir()).flatMap((entry) => {
    const folder = join(tmpdir(), entry);
    // An API server without a node belongs to another test.
    const isNode = /^podkey-kube-\w{6}$/.test(entry) && existsSync(join(folder, "kubelet.json"));
    return isNode || /^podkey-e2e-\w{6}$/.test(entry) ? [folder] : [];
  });
  // The daemons first, or they would start again what ends; containers do not name the folder, but have a cgroup.
  for (const { pid, command } of commands())
    if (folders.some((folder) => command.includes(folder))) kill(pid);
  for (const procs of globSync("/sys/fs/cgroup/{*/,}kubepods/**/cgroup.procs"))
    for (const pid of readFileSync(procs, "utf8").split("\n")) if (pid !== "") kill(Number(pid));
  for (const folder of folders) {
    await unmountBelow(folder);
    rmSync(folder, { recursive: true, force: true });
  }
  await sweepNetwork();
  removeCgroups();
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

async function look(): Promise<readonly string[]> {
  const links = await tryCommand("ip", ["-o", "addr"]);
  return [
    ...processes().map(({ pid, program }) => `process ${String(pid)} ${program}`),
    ...readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .filter((line) => / \/tmp\/podkey-(e2e|kube)-\w{6}\//.test(line))
      .map((line) => `mount ${line.split(" ")[1] ?? ""}`),
    ...(links.includes(`${CLUSTER_ADDRESS}/`) ? [`address ${CLUSTER_ADDRESS}`] : []),
    ...(links.includes("podkey0") ? ["bridge podkey0"] : []),
    ...cniNamespaces().map((name) => `network namespace ${name}`),
    ...(existsSync("/sys/fs/cgroup/memory/kubepods") || existsSync("/sys/fs/cgroup/kubepods")
      ? ["cgroup kubepods"]
      : []),
  ];
}

/** Containers' shims and the node's daemons. */
function processes(): readonly { readonly pid: number; readonly program: string }[] {
  return commands().flatMap(({ pid, command }) => {
    const [program = ""] = command.split(" ");
    return NODE_PROGRAMS.test(program) && OURS.test(command) ? [{ pid, program }] : [];
  });
}

function commands(): readonly { readonly pid: number; readonly command: string }[] {
  return readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      return [
        { pid: Number(pid), command: readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ") },
      ];
    } catch {
      return [];
    }
  });
}
