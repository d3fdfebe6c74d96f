/**
 * The machine and commit of a result, and the CPU time that others took meanwhile. The steal is known on Linux only.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, totalmem } from "node:os";

/** The setting of a run. */
export interface Machine {
  readonly commit: string;
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Load of the last minute for each core, before the run: above 1, other programs ran. */
  readonly loadPerCore: number;
}

/** Reads the setting; a checkout without git has commit `unknown`. */
export function machine(): Machine {
  return {
    commit: commit(),
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadPerCore: Math.round(((loadavg()[0] ?? NaN) / cpus().length) * 100) / 100,
  };
}

function commit(): string {
  try {
    const dirty = git(["status", "--porcelain", "--", "src", "proto"]) !== "";
    return `${git(["rev-parse", "--short=12", "HEAD"])}${dirty ? " with changes" : ""}`;
  } catch {
    // No git or no commit: the figures are valid, but their origin is unknown.
    return "unknown";
  }
}

function git(args: readonly string[]): string {
  return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}

/** CPU time by kind, in ticks since boot. */
export interface CpuTicks {
  readonly all: number;
  readonly stolen: number;
}

/** Reads the ticks; undefined without /proc. */
export function cpuTicks(): CpuTicks | undefined {
  try {
    const line = readFileSync("/proc/stat", "utf8").split("\n", 1)[0] ?? "";
    const ticks = line.trim().split(/\s+/).slice(1).map(Number);
    return { all: ticks.slice(0, 8).reduce((sum, one) => sum + one, 0), stolen: ticks[7] ?? 0 };
  } catch {
    return undefined;
  }
}

/** Share of CPU time (0 to 1) that the host gave to others between two readings; undefined where unknown. */
export function stealShare(from: CpuTicks | undefined, to: CpuTicks | undefined): number | undefined {
  if (from === undefined || to === undefined || to.all === from.all) return undefined;
  return (to.stolen - from.stolen) / (to.all - from.all);
}
