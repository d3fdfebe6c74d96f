/**
 * A hostile client in a process of its own, niced, since a container that attacks shares the node's processors fairly at
 * best: plays one attack on a socket again and again, one connection at a time, as fast as the server takes it, with a
 * pause between connections. Started by bench/abuse.ts with the socket, the attack's name and the pause; told `go` and
 * `stop` by messages; answers each `stop` with how many connections it has had.
 */
import { connect } from "node:net";
import { setPriority } from "node:os";
import { setTimeout } from "node:timers/promises";
import { ATTACKS, attackBytes } from "../../test/support/rpc/attacks.ts";

const [socketPath = "", name = "", pauseMs = "100"] = process.argv.slice(2);
const bytes = attackBytes(ATTACKS[name] ?? (() => Buffer.alloc(0)));
const NICENESS = 10;
/** A connection that is let live sends its bytes once, and holds on for this long. */
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
