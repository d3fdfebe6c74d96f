/**
 * Free loopback ports for daemons that cannot choose a port themselves. All are open at the same time while they are
 * chosen, so that they differ. Another process may take one before the daemon binds it; then the start fails.
 */
import { createServer } from "node:net";
import type { Server } from "node:net";

/** Chooses `count` TCP ports that are free on 127.0.0.1 right now. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(Array.from({ length: count }, listen));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(
    servers.map(
      (server) =>
        new Promise<void>((resolve) =>
          server.close(() => {
            resolve();
          }),
        ),
    ),
  );
  return ports;
}

function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject).listen(0, "127.0.0.1", () => {
      resolve(server);
    });
  });
}
