/**
 * Makes src/rpc/generated from proto/: the FileDescriptorSet that reflection hands out, the same API as JSON for our own
 * client, and the TypeScript types. `npm run generate` writes them; `--check` makes them elsewhere and compares.
 */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import protobuf from "protobufjs";

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
  writeClientDescriptors(join(folder, "descriptors.json"));
  run("buf", ["build", "--as-file-descriptor-set", "-o", join(folder, "descriptors.binpb")]);
  // `--` ends the list of folders: -I would swallow the file names.
  run("proto-loader-gen-types", [...TYPE_OPTIONS, "-O", folder, "-I", "proto", "--", ...PROTOS]);
}

/**
 * proto-loader reads a FileDescriptorSet with snake_case names and with maps as arrays of entries (0.8.1); from JSON it
 * makes what the generated types say.
 */
function writeClientDescriptors(path: string): void {
  const root = new protobuf.Root();
  root.resolvePath = (_origin, target) => (target.startsWith("/") ? target : join(ROOT, "proto", target));
  root.loadSync([PROTOS[0], PROTOS[2], PROTOS[3]].filter((proto) => proto !== undefined));
  writeFileSync(path, `${JSON.stringify(root.toJSON(), undefined, 1)}\n`);
}

/** Paths that differ between two folders, or are in one only. */
function differences(left: string, right: string): readonly string[] {
  const names = new Set([left, right].flatMap((folder) => globSync("**/*.{ts,binpb,json}", { cwd: folder })));
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
