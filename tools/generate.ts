/**
 * Generates from proto/: the TypeScript types and the API as JSON for our client (src/client/generated), and the
 * FileDescriptorSet that reflection serves. `npm run generate` writes them; `--check` writes them to a temporary folder
 * and compares.
 */
import { execFileSync } from "node:child_process";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import protobuf from "protobufjs";

const ROOT = join(import.meta.dirname, "..");
const GENERATED = join(ROOT, "src/client/generated");
const DESCRIPTOR_SET = join(ROOT, "src/rpc/reflection/descriptors.binpb");

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

function generateInto(folder: string, descriptorSet: string): void {
  writeClientDescriptors(join(folder, "descriptors.json"));
  run("buf", ["build", "--as-file-descriptor-set", "-o", descriptorSet]);
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
  const names = new Set([left, right].flatMap((folder) => globSync("**/*.{ts,json}", { cwd: folder })));
  return [...names].filter((name) => !sameFile(join(left, name), join(right, name))).sort();
}

function sameFile(left: string, right: string): boolean {
  try {
    return readFileSync(left).equals(readFileSync(right));
  } catch {
    return false;
  }
}

const scratch = mkdtempSync(join(tmpdir(), "podkey-generate-"));
const [folder, descriptorSet] = [join(scratch, "generated"), join(scratch, "descriptors.binpb")];
try {
  mkdirSync(folder);
  generateInto(folder, descriptorSet);
  if (process.argv.includes("--check")) {
    const stale = [
      ...differences(GENERATED, folder),
      ...(sameFile(DESCRIPTOR_SET, descriptorSet) ? [] : ["descriptors.binpb"]),
    ];
    if (stale.length > 0) {
      console.error(
        `The generated files do not match proto/ (${stale.join(", ")}); run \`npm run generate\`.`,
      );
      process.exitCode = 1;
    }
  } else {
    rmSync(GENERATED, { recursive: true, force: true });
    cpSync(folder, GENERATED, { recursive: true });
    cpSync(descriptorSet, DESCRIPTOR_SET);
  }
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
