/**
 * Loaded into a podkey by `--import`: no inotify watch is left on the node, as when fs.inotify.max_user_watches is reached.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

fs.watch = () => {
  throw Object.assign(new Error("System limit for number of file watchers reached"), { code: "ENOSPC" });
};
syncBuiltinESMExports();
