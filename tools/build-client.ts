/**
 * Builds dist/client: `podkey/client` as one JavaScript file with its types and a package.json. The folder is a package that
 * depends only on grpc-js and proto-loader (`npm install PATH/dist/client`). Called by `npm run build:client`, before
 * `npm pack`, and by the tests that install the client.
 */
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, globSync, mkdirSync, mkdtempSync } from "node:fs";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build as bundle, stop } from "esbuild";

const ROOT = join(import.meta.dirname, "..");
const CLIENT = join(ROOT, "dist", "client");

/** The libraries that stay outside the bundle; they are the dependencies of the package. */
const LIBRARIES = ["@grpc/grpc-js", "@grpc/proto-loader"];

/** `from "./x.ts"` and `import("./x.ts")`, which tsc accepts here; an app that compiles with tsc needs `.js`. */
const TS_IMPORT = /(from |import\()"(\.{1,2}\/[^"]+)\.ts"/g;

interface PackageJson {
  readonly version: string;
  readonly license: string;
  readonly engines: object;
  readonly exports: object;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Builds the folder in a scratch place and renames it. Throws if the client cannot be bundled or its types are wrong. */
export async function buildClient(): Promise<void> {
  // Outside dist/, which tests copy meanwhile, but on the same file system, because rename(2) needs that.
  const scratch = join(ROOT, "node_modules", ".cache", "podkey");
  for (const needed of [scratch, join(ROOT, "dist")]) mkdirSync(needed, { recursive: true });
  const folder = mkdtempSync(join(scratch, "client-"));
  try {
    await bundleInto(folder);
    declareInto(join(folder, "types"));
    writeFileSync(join(folder, "package.json"), `${JSON.stringify(ownPackage(), undefined, 2)}\n`);
    copyFileSync(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
    chmodSync(folder, 0o755);
    rmSync(CLIENT, { recursive: true, force: true });
    renameSync(folder, CLIENT);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function bundleInto(folder: string): Promise<void> {
  await bundle({
    absWorkingDir: ROOT,
    entryPoints: { index: "src/client/index.ts" },
    outdir: folder,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node22.19",
    external: LIBRARIES,
    logLevel: "warning",
  });
  // Otherwise the process of esbuild would stay as long as the caller runs.
  await stop();
}

function declareInto(folder: string): void {
  const tsc = join(ROOT, "node_modules", ".bin", "tsc");
  const { status, stdout } = spawnSync(tsc, ["-p", join(ROOT, "tsconfig.client.json"), "--outDir", folder], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the types of podkey/client are wrong:\n${stdout}`);
  for (const name of globSync("**/*.d.ts", { cwd: folder })) {
    const text = readFileSync(join(folder, name), "utf8");
    writeFileSync(join(folder, name), text.replace(TS_IMPORT, '$1"$2.js"'));
  }
}

/** It has the name of the full package, so that an app imports `podkey/client` with either of the two. */
function ownPackage(): object {
  const whole = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as PackageJson;
  const dependencies = LIBRARIES.map((library) => [library, whole.dependencies[library]]);
  return {
    name: "podkey",
    version: whole.version,
    description: "The client of podkey: live credentials from the sidecar.",
    license: whole.license,
    type: "module",
    engines: whole.engines,
    exports: JSON.parse(JSON.stringify(whole.exports).replaceAll("./dist/client/", "./")) as object,
    dependencies: Object.fromEntries(dependencies) as object,
  };
}

if (import.meta.main) await buildClient();
