/**
 * Builds podkey's image with the Dockerfile on base images of this machine. Used by the image tier and the e2e tier.
 */
import { cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../cache-folder.ts";
import type { Buildah } from "./buildah.ts";
import { writeBuildBase, writeRuntimeBase } from "./local-base.ts";

/** Names of the local bases. */
export const RUNTIME_BASE = "localhost/podkey-base:1";
const BUILD_BASE = "localhost/podkey-build-base:1";

/** The files of a checkout that the build needs, as in `.dockerignore`. */
const CONTEXT = ["Dockerfile", "package.json", "package-lock.json", ".npmrc", "src", "tools", "deploy/image"];

/** Builds the bases, once per storage. */
export async function buildBases(buildah: Buildah, folder: string): Promise<void> {
  const runtime = await writeRuntimeBase(join(folder, "runtime-base"));
  await buildah.build({ context: runtime, image: RUNTIME_BASE });
  const build = await writeBuildBase(join(folder, "build-base"));
  await buildah.build({ context: build, image: BUILD_BASE });
}

/** Copies the files of the build, so that edits during the build have no effect. */
export function copyContext(checkout: string, context: string): string {
  rmSync(context, { recursive: true, force: true });
  mkdirSync(context, { recursive: true });
  for (const path of CONTEXT) {
    if (existsSync(join(checkout, path)))
      cpSync(join(checkout, path), join(context, path), { recursive: true });
  }
  return context;
}

/** Builds podkey's image, or one stage of it, on the local bases. */
export async function buildPodkeyImage(
  buildah: Buildah,
  how: {
    readonly context: string;
    readonly image: string;
    readonly revision: string;
    readonly target?: string;
    /** `arm64`; default: this machine's. */
    readonly arch?: string;
    readonly more?: readonly string[];
  },
): Promise<void> {
  const { context, image, revision, target, arch = machineArch(), more = [] } = how;
  await buildah.build({
    context,
    image,
    ...(target !== undefined && { target }),
    buildArgs: {
      BASE: RUNTIME_BASE,
      BUILD_BASE,
      PODKEY_REVISION: revision,
      // buildx sets these two itself.
      BUILDARCH: machineArch(),
      TARGETARCH: arch,
    },
    // npm's cache is shared; npm still verifies the hashes of the lock file.
    more: ["--volume", `${cacheFolder("npm")}:/root/.npm`, ...more],
  });
}

function machineArch(): string {
  return process.arch === "x64" ? "amd64" : process.arch;
}
