/**
 * A separate checkout for tests that edit examples and create sockets: everything is a link to the real checkout, except
 * `examples`, which is a copy.
 */
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The root of the real checkout. */
export const ROOT = join(import.meta.dirname, "../../..");

/** Makes the checkout. Returns its path, and a function that removes it. */
export function makeCheckout(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "podkey-docs-"));
  for (const name of readdirSync(ROOT)) {
    if (name === "examples" || name.startsWith(".git") || name.endsWith(".sock")) continue;
    symlinkSync(join(ROOT, name), join(path, name));
  }
  cpSync(join(ROOT, "examples"), join(path, "examples"), { recursive: true });
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}
