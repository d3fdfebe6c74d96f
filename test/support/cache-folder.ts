/**
 * The folder for downloads and builds of the slow tiers, outside the checkout: `${XDG_CACHE_HOME:-~/.cache}/podkey`.
 */
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/** The folder of this name in the user's cache; created if it does not exist. */
export function cacheFolder(name: string, env: NodeJS.ProcessEnv = process.env): string {
  const given = env["XDG_CACHE_HOME"];
  const base = given === undefined || given === "" ? join(homedir(), ".cache") : given;
  const folder = join(base, "podkey", name);
  mkdirSync(folder, { recursive: true });
  return folder;
}
