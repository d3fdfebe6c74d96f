/**
 * The drain of a server whose listeners are already closed (docs/operations.md, "Shutdown"): streams end at once, unary calls have
 * until `drainMs` and then end the same way, and connections that are still open are closed.
 */
import type { Server } from "@grpc/grpc-js";
import type { Timers } from "../core/time/clock.ts";
import type { Log } from "../log/events.ts";
import { shuttingDown } from "./call/call-deps.ts";
import type { Connections } from "./consumer/connection.ts";
import type { OpenStreams } from "./call/open-streams.ts";
import type { ServedConsumer } from "./consumer/served-consumer.ts";

/** What is drained. */
export interface DrainDeps {
  readonly server: Server;
  readonly consumers: readonly ServedConsumer[];
  readonly streams: OpenStreams;
  readonly connections: Connections;
  readonly drainMs: number;
  readonly timers: Timers;
  readonly log: Log;
}

/** After the last status is written, its bytes get this long to leave. */
const FLUSH_MS = 200;

/** Resolves when no call and no connection is left. */
export async function drainServer(deps: DrainDeps): Promise<void> {
  const { server, timers } = deps;
  const error = shuttingDown();
  // Its callback comes too early: Node 24's http2 server closes all sessions when it is closed, and grpc-js takes a
  // session that is closing for one that is closed. The connections themselves are gone when their last call is.
  server.tryShutdown(() => undefined);
  for (const { probation } of deps.consumers) probation.close();
  const gone = deps.connections.whenNone().then(() => "gone" as const);
  const cancels: (() => void)[] = [];
  const overdue = new Promise<"overdue">((resolve) => {
    cancels.push(
      timers.after(deps.drainMs, () => {
        for (const served of deps.consumers) served.waiters.endAll(error);
        cancels.push(timers.after(FLUSH_MS, () => resolve("overdue")));
      }),
    );
  });
  await deps.streams.endAll(error);
  const end = await Promise.race([gone, overdue]);
  for (const cancel of cancels) cancel();
  if (end === "gone") return;
  deps.log("rpc_drain_forced", { drainMs: deps.drainMs });
  server.forceShutdown();
}
