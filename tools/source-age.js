/**
 * Compares the age of dist/ with the age of its sources. `tools/podkey.js` calls it before each start, so it is plain
 * JavaScript without dependencies and reads about 400 modification times in a few milliseconds.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** The inputs of dist/. A deleted file changes the modification time of its folder. */
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
