/**
 * Copies logs of daemons and containers, events and pods out of the cluster before the teardown after a failed step.
 * They stay in the user cache until the next failure.
 */
import { cpSync, existsSync, globSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { cacheFolder } from "../support/cache-folder.ts";
import type { Bench } from "./bench.ts";

/** Returns the folder. */
export async function keepLogs(bench: Bench): Promise<string> {
  const kept = join(cacheFolder("e2e"), "logs");
  rmSync(kept, { recursive: true, force: true });
  mkdirSync(kept, { recursive: true });
  const { node } = bench;
  if (node === undefined) return kept;
  const from = node.server.folder;
  for (const log of globSync(join(from, "*.log"))) cpSync(log, join(kept, basename(log)));
  const pods = join(from, "pod-logs");
  if (existsSync(pods)) cpSync(pods, join(kept, "pods"), { recursive: true, dereference: true });
  for (const what of ["events", "pods"]) {
    const text = await node.kubectl("get", what, "-A", "-o", "yaml").catch(String);
    writeFileSync(join(kept, `${what}.yaml`), text);
  }
  return kept;
}
