/**
 * Installs the Debian packages that an example needs, if possible: as root, with apt-get. Otherwise nothing happens; `needs` of the
 * language then reports what is missing, and the language is skipped and counted.
 */
import { spawnSync } from "node:child_process";

/** Installs the missing packages. Prints what it does, because it changes the system. Never throws. */
export function installDebianPackages(packages: readonly string[]): void {
  const isThere = (name: string): boolean =>
    spawnSync("dpkg-query", ["--show", "--showformat=${Status}", name], { encoding: "utf8" }).stdout ===
    "install ok installed";
  if (process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"]).status !== 0) return;
  const missing = packages.filter((name) => !isThere(name));
  if (missing.length === 0) return;
  console.log(`      installing Debian packages: ${missing.join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const commands = [["update"], ["install", "--yes", "--no-install-recommends", ...missing]];
  for (const words of commands) {
    const { status, stderr } = spawnSync("apt-get", ["--quiet", ...words], { env, encoding: "utf8" });
    if (status !== 0) console.log(`      apt-get ${words[0] ?? ""} failed:\n${stderr}`);
  }
}
