/**
 * The images of the e2e tier, built without any registry: a base that holds this machine's Node 24 and the libraries it
 * needs at their own paths, where the distroless base has it; on it the Dockerfile's last stage with this checkout's dist/.
 */
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { PAUSE_IMAGE } from "./node-config.ts";
import { runCommand } from "./run-command.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** Name of podkey's image, as the kustomize component is told. */
export const PODKEY_IMAGE = { name: "docker.io/podkey-e2e/podkey", tag: "1" } as const;

/** Builds the images into `folder`; returns the archives. */
export async function buildImages(folder: string): Promise<readonly string[]> {
  const buildah = (...args: readonly string[]): Promise<string> =>
    runCommand("buildah", [
      ...["--root", join(folder, "storage"), "--runroot", join(folder, "runroot"), "--storage-driver", "vfs"],
      ...args,
    ]);
  const bud = async (context: string, image: string, more: readonly string[] = []): Promise<string> => {
    await buildah("bud", "--isolation", "chroot", ...more, "-t", image, context);
    const archive = join(folder, `${image.replaceAll(/[/:]/g, "-")}.tar`);
    await buildah("push", image, `docker-archive:${archive}:${image}`);
    return archive;
  };
  await buildah(
    "bud",
    "--isolation",
    "chroot",
    "-t",
    "localhost/base:1",
    await writeBase(join(folder, "base")),
  );
  const podkey = await bud(
    writePodkeyContext(join(folder, "podkey")),
    `${PODKEY_IMAGE.name}:${PODKEY_IMAGE.tag}`,
    ["--build-arg", "BASE=localhost/base:1"],
  );
  const pause = await bud(writePauseContext(join(folder, "pause")), PAUSE_IMAGE);
  return [podkey, pause];
}

/** A root with nothing but Node and what `ldd` names. */
async function writeBase(context: string): Promise<string> {
  const root = join(context, "root");
  const node = realpathSync(process.execPath);
  const put = (from: string, to: string): void => {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    copyFileSync(realpathSync(from), join(root, to));
    chmodSync(join(root, to), 0o755);
  };
  put(node, "/nodejs/bin/node");
  for (const [library] of (await runCommand("ldd", [node])).matchAll(/\/\S+/g)) put(library, library);
  mkdirSync(join(root, "tmp"), { mode: 0o777 });
  mkdirSync(join(root, "etc"));
  writeFileSync(
    join(root, "etc/passwd"),
    "root:x:0:0::/:/none\nnonroot:x:65532:65532::/home/nonroot:/none\n",
  );
  writeFileSync(join(context, "Dockerfile"), "FROM scratch\nCOPY root/ /\n");
  return context;
}

/** The real Dockerfile, its build stage replaced by the dist/ that is there. */
function writePodkeyContext(context: string): string {
  mkdirSync(join(context, "deploy/image"), { recursive: true });
  cpSync(join(ROOT, "dist"), join(context, "dist"), { recursive: true });
  copyFileSync(join(ROOT, "deploy/image/podkey"), join(context, "deploy/image/podkey"));
  const text = readFileSync(join(ROOT, "Dockerfile"), "utf8");
  const stage = /^FROM --platform[^]*?(?=^FROM )/m;
  if (!stage.test(text))
    throw new Error("The Dockerfile has no build stage any more; test/e2e/images.ts expects one.");
  writeFileSync(
    join(context, "Dockerfile"),
    text.replace(stage, "FROM scratch AS build\nCOPY dist/ /src/dist/\n\n"),
  );
  return context;
}

/** Sleeps until SIGTERM, as every sandbox does. */
function writePauseContext(context: string): string {
  mkdirSync(context);
  const program = "process.on('SIGTERM',()=>process.exit(0));setInterval(()=>{},1e9)";
  const entry = JSON.stringify(["/nodejs/bin/node", "-e", program]);
  writeFileSync(join(context, "Dockerfile"), `FROM localhost/base:1\nENTRYPOINT ${entry}\n`);
  return context;
}
