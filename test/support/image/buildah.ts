/**
 * Debian's buildah with its own storage folder, without daemon and registry. Needs root, because `--isolation chroot` does.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { runCommand, tryCommand } from "../run-command.ts";

/** Arguments of `build`. */
export interface BuildOptions {
  /** Folder of the build context. */
  readonly context: string;
  /** Name and tag of the image. */
  readonly image: string;
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** Build only up to this stage. */
  readonly target?: string;
  /** Further arguments, such as a volume for npm's cache. */
  readonly more?: readonly string[];
}

/** buildah with its own storage. */
export class Buildah {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Runs any buildah command on this storage. */
  run(...args: readonly string[]): Promise<string> {
    const root = ["--root", join(this.#folder, "storage"), "--runroot", join(this.#folder, "runroot")];
    return runCommand("buildah", [...root, "--storage-driver", "vfs", ...args]);
  }

  /** Builds all stages without cache. Layers and files have the time 0, as with SOURCE_DATE_EPOCH=0 in buildx. */
  async build(options: BuildOptions): Promise<void> {
    const { context, image, target, buildArgs = {}, more = [] } = options;
    const args = Object.entries(buildArgs).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);
    await this.run(
      ...["bud", "--isolation", "chroot", "--timestamp", "0", "--pull-never"],
      ...args,
      ...(target === undefined ? [] : ["--target", target]),
      ...more,
      ...["-t", image, context],
    );
  }

  /** Writes the image as a docker archive. */
  async save(image: string, archive: string): Promise<void> {
    rmSync(archive, { force: true });
    await this.run("push", image, `docker-archive:${archive}:${image}`);
  }

  /** Calls `use` with the folder where the image's file system is mounted. */
  async withFiles<T>(image: string, use: (folder: string) => Promise<T>): Promise<T> {
    const container = (await this.run("from", "--pull-never", image)).trim();
    try {
      return await use((await this.run("mount", container)).trim());
    } finally {
      await this.run("umount", container);
      await this.run("rm", container);
    }
  }

  /** Deletes the storage. */
  async remove(): Promise<void> {
    await tryCommand("buildah", ["--root", join(this.#folder, "storage"), "umount", "-a"]);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
