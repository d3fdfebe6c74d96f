/**
 * A hostile client in its own process. It repeats one attack on a socket, one connection at a time, as fast as the server
 * accepts it, with a pause between connections. It is niced, because a container that attacks gets at most a fair share of
 * the node's processors. Started by bench/abuse.ts with the socket, the name of the attack and the pause; the messages `go`
 * and `stop` control it, and it answers each `stop` with its number of connections.
 */
import { connect } from "node:net";
import { setPriority } from "node:os";
import { setTimeout } from "node:timers/promises";
import { ATTACKS, attackBytes } from "../../test/support/rpc/attacks.ts";

const [socketPath = "", name = "", pauseMs = "100"] = process.argv.slice(2);
const bytes = attackBytes(ATTACKS[name] ?? (() => Buffer.alloc(0)));
const NICENESS = 10;
/** A connection that the server keeps sends its bytes once and stays open for this long. */
const HOLD_MS = 500;

let isOn = false;
let connections = 0;
setPriority(NICENESS);
process.on("message", (message) => {
  isOn = message === "go";
  if (isOn) void attack();
  else process.send?.(connections);
});
process.on("disconnect", () => process.exit());
process.send?.("ready");

async function attack(): Promise<void> {
  while (isOn) {
    await once();
    await setTimeout(Number(pauseMs));
  }
}

function once(): Promise<void> {
  connections += 1;
  const socket = connect(socketPath);
  socket.on("error", () => undefined);
  socket.resume();
  socket.write(bytes);
  return new Promise((resolve) => {
    const end = (): void => {
      socket.destroy();
      resolve();
    };
    socket.once("close", end);
    void setTimeout(HOLD_MS).then(end);
  });
}
