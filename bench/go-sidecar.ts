/**
 * The Go sidecar of bench/reference/go-sidecar as a third column of a benchmark: client-go and grpc-go, the same API. It is
 * built once into the user's cache. Without Go, benchmarks run without it and print that.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../test/support/cache-folder.ts";
import { ProcessUnderTest } from "./process-under-test.ts";

const ROOT = join(import.meta.dirname, "..");
const SOURCE = join(import.meta.dirname, "reference/go-sidecar");

/** The program; undefined if Go is not installed. @throws Error with the output of a build that failed. */
export function goSidecar(): string | undefined {
  if (spawnSync("go", ["version"]).status !== 0) {
    process.stdout.write("Go is not installed, so the column of the Go sidecar stays empty.\n");
    return undefined;
  }
  const program = join(cacheFolder("bench"), `go-sidecar-${fingerprint()}`);
  if (!existsSync(program)) build(program);
  return program;
}

/** Starts it, on the API server of a kubeconfig or, without one, on that of the mounted ServiceAccount. */
export function startGoSidecar(options: {
  readonly program: string;
  readonly socketPath: string;
  readonly kubeconfig?: string;
  readonly env?: Readonly<Record<string, string>>;
}): Promise<ProcessUnderTest> {
  const { program, socketPath, kubeconfig, env = {} } = options;
  return ProcessUnderTest.start({
    program,
    args: [socketPath, ...(kubeconfig === undefined ? [] : [kubeconfig])],
    env,
    isReady: (line) => line === "ready",
  });
}

/** On a copy beside a copy of proto/, so that the checkout stays as it is. */
function build(program: string): void {
  const copy = cacheFolder("bench/go");
  const folder = join(copy, "bench/reference/go-sidecar");
  mkdirSync(folder, { recursive: true });
  cpSync(SOURCE, folder, { recursive: true });
  cpSync(join(ROOT, "proto"), join(copy, "proto"), { recursive: true });
  const run = (command: string, args: readonly string[]): void => {
    execFileSync(command, args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  };
  run(join(ROOT, "node_modules/.bin/buf"), ["generate"]);
  run("go", ["build", "-trimpath", "-ldflags=-s -w", "-o", `${program}.new`, "."]);
  renameSync(`${program}.new`, program);
}

function fingerprint(): string {
  const hash = createHash("sha256");
  const sources = globSync("{bench/reference/go-sidecar/*,proto/podkey/**/*.proto}", { cwd: ROOT });
  for (const path of sources.filter((name) => /\.\w+$/.test(name)).sort())
    hash.update(path).update(readFileSync(join(ROOT, path)));
  return hash.digest("hex").slice(0, 12);
}
