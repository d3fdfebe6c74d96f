/**
 * `npm run -s podkey -- ARGS` and `npm start`: builds when dist/ is stale, then runs dist/podkey.js in this process, so
 * that exit code, signals and pid are podkey's own. Plain JavaScript, because type stripping costs 40 ms at each start.
 */
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { isStale } from "./source-age.js";

const root = join(import.meta.dirname, "..");
const program = join(root, "dist/podkey.js");

if (isStale(root)) {
  const { build } = await import("./build.ts");
  await build();
}
process.argv.splice(1, 1, program);
await import(pathToFileURL(program).href);
