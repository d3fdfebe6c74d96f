/**
 * Writes a mount as the kubelet does for Secrets and projected volumes, and as most CSI drivers do with its library.
 */
import { mkdir, readdir, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

/**
 * Replaces the content once, like kubelet's pkg/volume/util/atomic_writer.go: payload, new link, rename over `..data`, links
 * for the first path elements, clean-up. `files` by their path in the mount, which may have folders.
 * @param version name of the payload's folder; begins with two dots and differs each time.
 */
export async function writeAtomically(
  mount: string,
  version: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<void> {
  await mkdir(join(mount, version), { recursive: true });
  for (const [path, value] of Object.entries(files)) {
    await mkdir(dirname(join(mount, version, path)), { recursive: true });
    await writeFile(join(mount, version, path), value);
  }
  const before = await readlink(join(mount, "..data")).catch(() => undefined);
  await symlink(version, join(mount, "..data_tmp"));
  await rename(join(mount, "..data_tmp"), join(mount, "..data"));
  const entries = await readdir(mount);
  const wanted = new Set(Object.keys(files).map((path) => path.split("/")[0] ?? path));
  for (const entry of wanted)
    if (!entries.includes(entry)) await symlink(join("..data", entry), join(mount, entry));
  for (const entry of entries)
    if (!entry.startsWith("..") && !wanted.has(entry)) await rm(join(mount, entry));
  if (before !== undefined) await rm(join(mount, before), { recursive: true, force: true });
}
