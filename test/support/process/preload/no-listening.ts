/**
 * Loaded into a podkey by `--import`: its admin server fails with an unexpected error whose text quotes a value.
 */
import http from "node:http";

http.Server.prototype.listen = () => {
  throw new RangeError("hunter2 is out of range");
};
