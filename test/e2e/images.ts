/**
 * The images of the e2e tier, built with the shipped Dockerfile on local bases, without a registry. They are cached by a
 * hash of their inputs, so that only a change of the sources rebuilds them.
 */
import { build as bundle, stop } from "esbuild";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, globSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { withProgress } from "../kube/progress.ts";
import { cacheFolder } from "../support/cache-folder.ts";
import { Buildah } from "../support/image/buildah.ts";
import { buildBases, buildPodkeyImage, copyContext, RUNTIME_BASE } from "../support/image/podkey-image.ts";
import { runCommand } from "../support/run-command.ts";
import { PAUSE_IMAGE } from "./node-config.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** Names of the images in the manifests. */
export const IMAGES = {
  podkey: "docker.io/podkey-e2e/podkey:1",
  previous: "docker.io/podkey-e2e/podkey:0",
  app: "docker.io/podkey-e2e/app:1",
} as const;

/** The upgrade starts from the newest release, or from the first commit that served pods if there is none. */
const BEFORE_RELEASES = "223bce8";

/** Older archives in the cache are deleted beyond this number. */
const KEPT_ARCHIVES = 8;

/** Archives to import into containerd; `previous` is undefined if the clone has no history. */
export interface Archives {
  readonly podkey: string;
  readonly app: string;
  readonly pause: string;
  readonly previous: string | undefined;
}

/** Builds the images that are not cached; `print` reports each step. */
export async function buildImages(folder: string, print: (line: string) => void): Promise<Archives> {
  const work = new ImageWork(folder, print);
  try {
    const context = copyContext(ROOT, join(folder, "podkey"));
    const podkey = await work.archive(IMAGES.podkey, context, (buildah) =>
      buildPodkeyImage(buildah, { context, image: IMAGES.podkey, revision: "e2e" }),
    );
    const previous = await previousImage(work, folder, print);
    const app = await work.archive(
      IMAGES.app,
      await writeApp(join(folder, "app"), podkey),
      async (buildah) => {
        // Its base is podkey's image, which may come from the cache.
        await buildah.run("pull", "--quiet", `docker-archive:${podkey}`);
        await buildah.build({ context: join(folder, "app"), image: IMAGES.app });
      },
    );
    const pause = await work.archive(PAUSE_IMAGE, writePause(join(folder, "pause")), (buildah) =>
      buildah.build({ context: join(folder, "pause"), image: PAUSE_IMAGE }),
    );
    return { podkey, previous, app, pause };
  } finally {
    await work.end();
  }
}

/** The buildah of one run; its storage and the bases are created at the first build. */
class ImageWork {
  readonly #folder: string;
  readonly #print: (line: string) => void;
  readonly #cache = cacheFolder("images");
  #buildah: Buildah | undefined;

  constructor(folder: string, print: (line: string) => void) {
    this.#folder = folder;
    this.#print = print;
  }

  /** The archive of an image, from the cache or by `build`. */
  async archive(image: string, context: string, build: (buildah: Buildah) => Promise<void>): Promise<string> {
    const name = image.replaceAll(/[/:]/g, "-");
    const archive = join(this.#cache, `${name}-${hashOf(context)}.tar`);
    if (existsSync(archive)) {
      utimesSync(archive, new Date(), new Date());
      this.#print(`${image} is in the cache`);
      return archive;
    }
    await withProgress({ out: process.stdout, label: `     building ${image}` }, async () => {
      this.#buildah ??= await this.#start();
      await build(this.#buildah);
      await this.#buildah.save(image, `${archive}.new`);
      renameSync(`${archive}.new`, archive);
    });
    this.#print(`${image}: ${(statSync(archive).size / 1e6).toFixed(0)} MB`);
    return archive;
  }

  async end(): Promise<void> {
    await this.#buildah?.remove();
    const byAge = readdirSync(this.#cache)
      .map((name) => join(this.#cache, name))
      .toSorted((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
    for (const old of byAge.slice(KEPT_ARCHIVES)) rmSync(old);
  }

  async #start(): Promise<Buildah> {
    const buildah = new Buildah(join(this.#folder, "buildah"));
    await buildBases(buildah, join(this.#folder, "bases"));
    return buildah;
  }
}

async function previousImage(
  work: ImageWork,
  folder: string,
  print: (line: string) => void,
): Promise<string | undefined> {
  const git = (...args: readonly string[]): Promise<string> => runCommand("git", ["-C", ROOT, ...args]);
  const tag = await git("describe", "--tags", "--abbrev=0", "--match", "v*").catch(() => BEFORE_RELEASES);
  const revision = tag.trim();
  const checkout = join(folder, "previous-checkout");
  mkdirSync(checkout);
  const tar = join(folder, "previous.tar");
  try {
    await git("archive", "--output", tar, revision);
  } catch {
    print(`this clone has no commit ${revision}: no previous image`);
    return undefined;
  }
  await runCommand("tar", ["-C", checkout, "-xf", tar]);
  const context = copyContext(checkout, join(folder, "previous"));
  return work.archive(IMAGES.previous, context, (buildah) =>
    buildPodkeyImage(buildah, { context, image: IMAGES.previous, revision }),
  );
}

/** Bundles the app into one file, on top of podkey's image with its command line. */
async function writeApp(context: string, podkey: string): Promise<string> {
  mkdirSync(context);
  await bundle({
    entryPoints: [join(import.meta.dirname, "app", "app.ts")],
    outfile: join(context, "app.mjs"),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node24",
    // grpc-js is CommonJS and loads Node's modules with `require`.
    banner: {
      js: 'import{createRequire}from"node:module";const require=createRequire(import.meta.url);',
    },
    logLevel: "warning",
  });
  await stop();
  copyFileSync(join(ROOT, "src/client/generated/descriptors.json"), join(context, "descriptors.json"));
  // Part of the hash: a new podkey image needs a new app image.
  writeFileSync(join(context, "podkey.txt"), basename(podkey));
  const entry = JSON.stringify(["/nodejs/bin/node", "/app/app.mjs"]);
  writeFileSync(
    join(context, "Dockerfile"),
    `FROM ${IMAGES.podkey}\nCOPY app.mjs descriptors.json /app/\nENTRYPOINT ${entry}\nCMD []\n`,
  );
  return context;
}

/** Waits for SIGTERM, like the pause image of Kubernetes. */
function writePause(context: string): string {
  mkdirSync(context);
  const program = "process.on('SIGTERM',()=>process.exit(0));setInterval(()=>{},1e9)";
  const entry = JSON.stringify(["/nodejs/bin/node", "-e", program]);
  writeFileSync(join(context, "Dockerfile"), `FROM ${RUNTIME_BASE}\nENTRYPOINT ${entry}\n`);
  return context;
}

/** Hashes the names and bytes of a build context and the version of Node. */
function hashOf(context: string): string {
  const hash = createHash("sha256").update(process.version);
  for (const path of globSync("**", { cwd: context }).toSorted()) {
    const full = join(context, path);
    if (statSync(full).isFile()) hash.update(`${path}\0`).update(readFileSync(full));
  }
  return hash.digest("hex").slice(0, 16);
}
