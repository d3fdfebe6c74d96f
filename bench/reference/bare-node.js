/**
 * The reference for memory and shutdown: Node and one listening socket. JavaScript, because stripping types costs
 * memory and time that podkey's bundle does not need. `bare-node.js SOCKET`; prints `ready`.
 */
import { createServer } from "node:net";

const server = createServer().listen(process.argv[2], () => {
  process.stdout.write("ready\n");
});
process.once("SIGTERM", () => {
  server.close();
});
