/**
 * The bundle as an image holds it: dist/ alone, in a folder that has no node_modules above it. Whatever it needs and does
 * not bring is missing there.
 */
import { chmodSync, cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runPodkey } from "./run-podkey.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");

/** Builds dist/ where it is stale and copies it. Returns the new folder, readable for every user; the caller removes it. */
export async function copyBuilt(): Promise<string> {
  const { code, stderr } = await runPodkey(["version"], { program: join(ROOT, "tools", "podkey.js") });
  if (code !== 0) throw new Error(`the build failed: ${stderr}`);
  const folder = mkdtempSync(join(tmpdir(), "podkey-dist-"));
  cpSync(join(ROOT, "dist"), folder, { recursive: true });
  chmodSync(folder, 0o755);
  return folder;
}
