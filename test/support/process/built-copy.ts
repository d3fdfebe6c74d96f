/**
 * The bundle as in the image: only dist/, in a folder without a node_modules above it, so that a missing dependency shows.
 */
import { chmodSync, cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runPodkey } from "./run-podkey.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");

/** Builds dist/ if it is stale and copies it to a new folder, which every user can read and the caller removes. */
export async function copyBuilt(): Promise<string> {
  const { code, stderr } = await runPodkey(["version"], { program: join(ROOT, "tools", "podkey.js") });
  if (code !== 0) throw new Error(`the build failed: ${stderr}`);
  const folder = mkdtempSync(join(tmpdir(), "podkey-dist-"));
  cpSync(join(ROOT, "dist"), folder, { recursive: true });
  chmodSync(folder, 0o755);
  return folder;
}
