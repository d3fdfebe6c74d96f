/** Finds what a run of the e2e tier left on the machine: processes, mounts, network, cgroups. Called after the teardown. */
import { existsSync, globSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitUntil } from "./wait-until.ts";
import { CLUSTER_ADDRESS } from "./node-config.ts";
import { tryCommand } from "../support/run-command.ts";
import { cniNamespaces, removeCgroups, sweepNetwork, unmountBelow } from "./sweep.ts";

/** Folders of a run, in arguments and mount points. */
const OURS = /\/podkey-(kube|e2e)-\w{6}/;

/** Programs that only a node runs: a single API server may belong to another test on this machine. */
const NODE_PROGRAMS = /(containerd[\w-]*|kubelet|kube-controller-manager|kube-scheduler)$/;

/** Names everything that is left; waits up to 5 s for killed processes to end. */
export async function leftovers(): Promise<readonly string[]> {
  let left: readonly string[] = [];
  await waitUntil(
    "all leftovers to go",
    async () => {
      left = await findLeftovers();
      return left.length === 0;
    },
    { limitMs: 5_000 },
  ).catch(() => undefined);
  return left;
}

/** Removes what a killed run left. Only if no other run is active. */
export async function removeLeftovers(): Promise<void> {
  const folders = readdirSync(tmpdir()).flatMap((entry) => {
    const folder = join(tmpdir(), entry);
    // An API server without a node belongs to another test.
    const isNode = /^podkey-kube-\w{6}$/.test(entry) && existsSync(join(folder, "kubelet.json"));
    return isNode || /^podkey-e2e-\w{6}$/.test(entry) ? [folder] : [];
  });
  // The daemons first, or they would restart containers. A container does not name the folder, but has a cgroup.
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
    // It has already ended.
  }
}

async function findLeftovers(): Promise<readonly string[]> {
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

/** The shims of containers and the daemons of the node. */
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
