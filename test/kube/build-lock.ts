/**
 * A lock file between runs of `npm run kube:build`, so that a compile that fills the memory of a small machine does not
 * run twice. The lock of a dead process is taken over. Node has no flock(2); link(2) creates the file atomically with its
 * content, so a lock is never read half written.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

export interface BuildLockDeps {
  /** Path of the lock file; its folder exists. */
  readonly path: string;
  /** Called once if another running process has the lock. */
  readonly onWait: (holderPid: number) => void;
  /** Time between two attempts, in milliseconds. */
  readonly pollMs: number;
}

/** Takes the lock, after a running holder has released it; returns a function that releases it. */
export async function takeBuildLock({ path, onWait, pollMs }: BuildLockDeps): Promise<() => void> {
  const own = `${path}.${String(process.pid)}`;
  writeFileSync(own, String(process.pid));
  try {
    for (let waited = false; !tryLink(own, path);) {
      const holder = readHolder(path);
      if (holder === undefined) continue;
      if (!isAlive(holder)) {
        buryLock(path, holder);
        continue;
      }
      if (!waited) onWait(holder);
      waited = true;
      await delay(pollMs);
    }
  } finally {
    rmSync(own, { force: true });
  }
  return () => {
    if (readHolder(path) === process.pid) rmSync(path, { force: true });
  };
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function readHolder(path: string): number | undefined {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** A zombie counts as dead: `kill -0` succeeds on it, and PID 1 may take seconds to reap it. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${String(pid)}/status`, "utf8"));
  } catch {
    return true;
  }
}

/** Removes a dead holder's lock; restores it if another waiter has replaced it in the meantime. */
function buryLock(path: string, deadPid: number): void {
  const grave = `${path}.dead-${String(process.pid)}`;
  try {
    renameSync(path, grave);
  } catch {
    return;
  }
  if (readHolder(grave) !== deadPid) tryLink(grave, path);
  rmSync(grave, { force: true });
}
