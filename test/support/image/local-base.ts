/**
 * Base images from the files of this machine, for a machine without a registry: Node 24 and the libraries of `ldd` at their
 * paths, and Node also at the path of the real base. The build base also has npm and a shell.
 */
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, realpathSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { runCommand } from "../run-command.ts";

/** The programs that the build stage of the Dockerfile runs. */
const PROGRAMS = ["/bin/sh", "/bin/cp", "/bin/mkdir", "/bin/rm", "/bin/sed", "/usr/bin/env"];

/** The stage that fills the compile cache writes to `/tmp`; it stays empty in a pod, where the root is read-only. */
const PASSWD = "root:x:0:0::/:/none\nnonroot:x:65532:65532::/home/nonroot:/none\n";

/** Like the distroless base: Node at /nodejs/bin/node, no shell. Writes the build context to `context`. */
export async function writeRuntimeBase(context: string): Promise<string> {
  const root = newRoot(context);
  await putProgram(root, realpathSync(process.execPath), "/nodejs/bin/node");
  return writeContext(context, []);
}

/** Like the Debian slim base: Node, npm, a shell. Uses this machine's npm configuration and extra CA. */
export async function writeBuildBase(context: string): Promise<string> {
  const root = newRoot(context);
  await putProgram(root, realpathSync(process.execPath), "/usr/local/bin/node");
  for (const program of PROGRAMS) await putProgram(root, realpathSync(program), program);
  const npm = await npmFolder();
  cpSync(npm, join(root, "usr/local/lib/node_modules/npm"), { recursive: true });
  symlinkSync("../lib/node_modules/npm/bin/npm-cli.js", join(root, "usr/local/bin/npm"));
  const registry = (await runCommand("npm", ["config", "get", "registry"])).trim();
  const lines = ["ENV PATH=/usr/local/bin:/usr/bin:/bin HOME=/root", `ENV npm_config_registry=${registry}`];
  const authority = process.env["NODE_EXTRA_CA_CERTS"];
  if (authority !== undefined && existsSync(authority)) {
    copyFileSync(authority, join(root, "etc/extra-ca.pem"));
    lines.push("ENV NODE_EXTRA_CA_CERTS=/etc/extra-ca.pem");
  }
  return writeContext(context, lines);
}

function newRoot(context: string): string {
  const root = join(context, "root");
  for (const folder of ["tmp", "root", "etc"]) mkdirSync(join(root, folder), { recursive: true });
  chmodSync(join(root, "tmp"), 0o1777);
  writeFileSync(join(root, "etc/passwd"), PASSWD);
  return root;
}

function writeContext(context: string, lines: readonly string[]): string {
  writeFileSync(join(context, "Dockerfile"), ["FROM scratch", "COPY root/ /", ...lines, ""].join("\n"));
  return context;
}

async function putProgram(root: string, from: string, to: string): Promise<void> {
  put(root, from, to);
  const libraries = await runCommand("ldd", [from]);
  for (const [library] of libraries.matchAll(/\/\S+/g)) put(root, library, library);
}

function put(root: string, from: string, to: string): void {
  mkdirSync(dirname(join(root, to)), { recursive: true });
  copyFileSync(realpathSync(from), join(root, to));
  chmodSync(join(root, to), 0o755);
}

/** The folder of the npm on the PATH. */
async function npmFolder(): Promise<string> {
  const path = (await runCommand("/bin/sh", ["-c", "command -v npm"])).trim();
  return dirname(dirname(realpathSync(path)));
}
