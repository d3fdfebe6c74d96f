/**
 * Keeps places for new connections of the admin server, so that probes are always answered: each connection gets one request
 * and a deadline, and above the limit the oldest connection is closed.
 */
import type { Server } from "node:http";
import type { Socket } from "node:net";

/** Time limit of sending a request. */
const REQUEST_MS = 2000;
/** Time limit of reading a response. */
const RESPONSE_MS = 5000;
/** Enough for the kubelet, two Prometheus servers and a person. */
const MAX_CONNECTIONS = 32;

/** Limits the connections of the server. Call it before the server listens. */
export function limitConnections(server: Server): void {
  // Oldest first.
  const open = new Map<Socket, NodeJS.Timeout>();
  const arm = (socket: Socket, limitMs: number): void => {
    clearTimeout(open.get(socket));
    const timer = setTimeout(() => {
      // After a stall of the event loop, read the waiting input first.
      afterNextPoll(() => {
        if (open.get(socket) === timer) socket.destroy();
      });
    }, limitMs);
    open.set(socket, timer.unref());
  };
  const closeOldest = (): void => {
    for (const socket of open.keys()) {
      if (open.size <= MAX_CONNECTIONS) return;
      forget(socket);
      socket.destroy();
    }
  };
  const forget = (socket: Socket): void => {
    clearTimeout(open.get(socket));
    open.delete(socket);
  };
  server.on("connection", (socket) => {
    arm(socket, REQUEST_MS);
    socket.once("close", () => forget(socket));
    // Many connections can arrive in one turn of the event loop. Each gets the chance to send its request.
    if (open.size > MAX_CONNECTIONS) afterNextPoll(closeOldest);
  });
  server.on("request", ({ socket }) => {
    if (open.has(socket)) arm(socket, RESPONSE_MS);
  });
}

/** Runs the task after the event loop has read the input of all connections. */
function afterNextPoll(task: () => void): void {
  setImmediate(() => setImmediate(task));
}
