/**
 * Makes src/rpc/generated from proto/: one FileDescriptorSet (server, reflection and command line load it) and the
 * TypeScript types. `npm run generate` writes them; with `--check` they are made in a temporary folder and compared.
 */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const GENERATED = join(ROOT, "src/rpc/generated");

/** The files whose types the program uses; what they import comes along. */
const PROTOS = [
  "podkey/v1/credential_service.proto",
  "grpc/health/v1/health.proto",
  "google/rpc/status.proto",
  "google/rpc/error_details.proto",
];

const TYPE_OPTIONS = [
  "--grpcLib=@grpc/grpc-js",
  "--importFileExtension=.ts",
  "--enums=String",
  "--longs=String",
  "--defaults",
  "--oneofs",
  "--includeComments",
];

function run(command: string, args: readonly string[]): void {
  execFileSync(join(ROOT, "node_modules/.bin", command), args, {
    cwd: ROOT,
    stdio: ["ignore", "ignore", "inherit"],
  });
}

function generateInto(folder: string): void {
  run("buf", ["build", "--as-file-descriptor-set", "-o", join(folder, "descriptors.binpb")]);
  // `--` ends the list of folders: -I would swallow the file names.
  run("proto-loader-gen-types", [...TYPE_OPTIONS, "-O", folder, "-I", "proto", "--", ...PROTOS]);
}

/** Paths that differ between two folders, or are in one only. */
function differences(left: string, right: string): readonly string[] {
  const names = new Set([left, right].flatMap((folder) => globSync("**/*.{ts,binpb}", { cwd: folder })));
  return [...names].filter((name) => !sameFile(join(left, name), join(right, name))).sort();
}

function sameFile(left: string, right: string): boolean {
  try {
    return readFileSync(left).equals(readFileSync(right));
  } catch {
    return false;
  }
}

const folder = mkdtempSync(join(tmpdir(), "podkey-generate-"));
try {
  generateInto(folder);
  if (process.argv.includes("--check")) {
    const stale = differences(GENERATED, folder);
    if (stale.length > 0) {
      console.error(
        `src/rpc/generated does not match proto/ (${stale.join(", ")}); run \`npm run generate\`.`,
      );
      process.exitCode = 1;
    }
  } else {
    rmSync(GENERATED, { recursive: true, force: true });
    cpSync(folder, GENERATED, { recursive: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
