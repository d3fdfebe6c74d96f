/**
 * podkey as the image runs it: the bundle, with the flags of the image's ENTRYPOINT, policy and metrics on. Serves a
 * folder of manifests made for the benchmark, or an API server.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProcessUnderTest } from "./process-under-test.ts";

/** The flags of the image's ENTRYPOINT: young generation small enough that load does not triple the memory. */
export const NODE_FLAGS: readonly string[] = ["--max-semi-space-size=8"];

/** The bundle that `npm run build` makes. */
export const BUNDLE = join(import.meta.dirname, "../dist/podkey.js");

/** One Secret: name, and size of its one key `value`. */
export interface BenchSecret {
  readonly name: string;
  readonly sizeBytes: number;
}

/** A folder of its own for one benchmark, and the way to remove it. */
export async function scratch(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "podkey-bench-"));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Writes manifests into FOLDER/manifests; returns that path. */
export async function writeManifests(folder: string, secrets: readonly BenchSecret[]): Promise<string> {
  const manifests = join(folder, "manifests");
  await mkdir(manifests, { recursive: true });
  for (const { name, sizeBytes } of secrets) {
    const value = Buffer.alloc(sizeBytes, 120).toString("base64");
    const manifest = { apiVersion: "v1", kind: "Secret", metadata: { name }, data: { value } };
    await writeFile(join(manifests, `${name}.json`), JSON.stringify(manifest));
  }
  return manifests;
}

/** Starts podkey on SOCKET with these further `serve` arguments; resolves when it is synced and serves. */
export function startPodkey(socketPath: string, args: readonly string[]): Promise<ProcessUnderTest> {
  const serve = ["serve", "--listen", `unix:${socketPath}`, "--log-format", "json", ...args];
  return ProcessUnderTest.start({
    args: [...NODE_FLAGS, BUNDLE, ...serve],
    isReady: (line) => line.includes('"event":"app_ready"'),
  });
}
