/**
 * The memory limit of a pod's container, for one process: a control group of its own (version 1 or 2), which needs root.
 * Node derives the size of its heap from it, so a figure without the limit depends on the machine.
 */
import { existsSync, mkdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const CGROUPS = "/sys/fs/cgroup";

/** A limit in force. */
export interface MemoryLimit {
  /** The command in front of the program (`ProcessOptions.under`). */
  readonly under: readonly string[];
  /** Removes the control group; its process must have ended. */
  remove(): void;
}

/** Makes the control group; undefined if the system does not allow it. */
export function limitMemory(sizeBytes: number): MemoryLimit | undefined {
  const version2 = existsSync(join(CGROUPS, "cgroup.controllers"));
  const parent = version2 ? CGROUPS : join(CGROUPS, "memory");
  const group = join(parent, `podkey-bench-${String(process.pid)}`);
  try {
    mkdirSync(group, { recursive: true });
    writeFileSync(join(group, version2 ? "memory.max" : "memory.limit_in_bytes"), String(sizeBytes));
  } catch {
    return undefined;
  }
  return {
    under: ["sh", "-c", `echo $$ > ${join(group, "cgroup.procs")} && exec "$@"`, "sh"],
    remove: () => {
      rmdirSync(group);
    },
  };
}
