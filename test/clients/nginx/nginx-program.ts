/**
 * A real nginx: the one on the PATH, else Debian's, unpacked into the user's cache (nothing is installed, and root is not needed).
 * If neither is available, the tests that need it are skipped and report this.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../../support/cache-folder.ts";

const CACHE = cacheFolder("nginx");

/** The program's path, or why nginx is missing. */
export function nginxProgram(): { readonly path: string } | { readonly missing: string } {
  const onPath = spawnSync("sh", ["-c", "command -v nginx"], { encoding: "utf8" }).stdout.trim();
  if (onPath !== "") return { path: onPath };
  const path = join(CACHE, "root", "usr", "sbin", "nginx");
  try {
    if (!existsSync(path)) unpack();
    execFileSync(path, ["-v"], { stdio: "ignore" });
    return { path };
  } catch (error) {
    const why = error instanceof Error ? (error.message.split("\n")[0] ?? "") : "unknown";
    return { missing: `nginx is not on the PATH, and Debian's package is not available (${why})` };
  }
}

function unpack(): void {
  execFileSync("apt-get", ["download", "nginx"], { cwd: CACHE, stdio: "ignore", timeout: 60_000 });
  const [archive] = globSync("nginx_*.deb", { cwd: CACHE });
  if (archive === undefined) throw new Error("apt-get downloaded no package");
  execFileSync("dpkg", ["-x", archive, join(CACHE, "root")], { cwd: CACHE, stdio: "ignore" });
}
