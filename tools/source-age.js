/**
 * Tells whether dist/ is older than what it is built from. Used by `tools/podkey.js` before each start, hence plain
 * JavaScript without dependencies: it looks at about 300 files in a few milliseconds.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** What goes into dist/. A folder's own time tells of deleted files. */
const INPUTS = ["src", "package.json", "package-lock.json", "tools/build.ts", "tools/build"];

/**
 * Whether dist/podkey.js is missing or older than one of its inputs.
 * @param {string} root the repository
 */
export function isStale(root) {
  const built = statSync(join(root, "dist/podkey.js"), { throwIfNoEntry: false });
  return built === undefined || INPUTS.some((input) => newest(join(root, input)) > built.mtimeMs);
}

/**
 * The latest modification in a file or folder, in milliseconds.
 * @param {string} path
 * @returns {number}
 */
function newest(path) {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return Infinity;
  if (!stats.isDirectory()) return stats.mtimeMs;
  const inside = readdirSync(path, { withFileTypes: true }).map((entry) => newest(join(path, entry.name)));
  return Math.max(stats.mtimeMs, ...inside);
}
