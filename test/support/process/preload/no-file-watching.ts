/**
 * Loaded into a podkey by `--import`: the node has no inotify watch left, as with fs.inotify.max_user_watches used up.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

fs.watch = () => {
  throw Object.assign(new Error("System limit for number of file watchers reached"), { code: "ENOSPC" });
};
syncBuiltinESMExports();
