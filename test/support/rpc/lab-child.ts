/**
 * An RPC server in a process of its own, so that its memory can be told from its clients'. Started by `forkLab`; answers
 * to messages: `memory` (after a garbage collection), `ended` (why connections were ended for their conduct), `update`
 * (changes twenty 16 KB credentials, N times in all), `later` (its clock is N milliseconds on). A second consumer has a socket of its own.
 */
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { credential } from "../core/credentials.ts";
import { MemoryView } from "./memory-view.ts";
import { REAL_TIME, RpcLab } from "./rpc-lab.ts";

/** How many credentials `update` changes, and their size. */
export const UPDATED = { credentials: 20, sizeBytes: 16 * 1024 } as const;

/** Memory of the child, in bytes. */
export interface ChildMemory {
  readonly rssBytes: number;
  /** Heap and buffers in use after a collection. */
  readonly retainedBytes: number;
}

/** A forked lab. */
export interface ForkedLab {
  readonly socket: string;
  /** Of the other consumer. */
  readonly otherSocket: string;
  /** Why connections were ended for their conduct, since the last time it was asked. */
  ended(): Promise<readonly string[]>;
  memory(): Promise<ChildMemory>;
  /** Changes the credentials `count` times. */
  update(count: number): Promise<void>;
  /** Moves the server's clock on. */
  later(byMs: number): Promise<void>;
  /** Whether the process is still there. */
  readonly isAlive: () => boolean;
  close(): Promise<void>;
}

/** Starts a lab in a child process; its view holds one credential `db` and what `update` makes. */
export async function forkLab(): Promise<ForkedLab> {
  const child = fork(fileURLToPath(import.meta.url), ["serve"], { execArgv: ["--expose-gc"] });
  const socket = (await answer(child)) as string;
  const ask = (message: unknown): Promise<unknown> => {
    child.send(message as string);
    return answer(child);
  };
  return {
    socket,
    otherSocket: `${socket}.other`,
    ended: async () => (await ask("ended")) as readonly string[],
    memory: async () => (await ask("memory")) as ChildMemory,
    update: async (count) => {
      await ask({ update: count });
    },
    later: async (byMs) => {
      await ask({ laterMs: byMs });
    },
    isAlive: () => child.exitCode === null && child.signalCode === null,
    close: async () => {
      const gone = once(child, "exit");
      child.disconnect();
      await gone;
    },
  };
}

async function answer(child: ChildProcess): Promise<unknown> {
  const [message] = (await once(child, "message")) as [unknown];
  return message;
}

async function serve(): Promise<void> {
  const other = new MemoryView({ clock: REAL_TIME, consumer: "other" });
  let aheadMs = 0;
  const lab = await RpcLab.start({
    time: { ...REAL_TIME, nowMs: () => REAL_TIME.nowMs() + aheadMs },
    limits: { maxConnections: 1024 },
    endpoints: ({ folder, view }) =>
      [view, other].map((consumer, at) => ({
        consumer,
        listen: { kind: "unix", path: join(folder, at === 0 ? "podkey.sock" : "podkey.sock.other") },
        socketMode: 0o660,
      })),
  });
  lab.view.sync([credential("db")]);
  other.sync([credential("db")]);
  process.on("message", (message: unknown) => {
    const reply = (value: unknown): void => void process.send?.(value);
    if (message === "memory") reply(memoryNow(lab));
    else if (message === "ended") reply(endings(lab));
    else if (isLater(message)) {
      aheadMs += message.laterMs;
      reply("done");
    } else void update(lab, (message as { readonly update: number }).update).then(() => reply("done"));
  });
  process.on("disconnect", () => void lab.close().then(() => process.exit(0)));
  process.send?.(lab.socket);
}

function isLater(message: unknown): message is { readonly laterMs: number } {
  return typeof message === "object" && message !== null && "laterMs" in message;
}

function endings(lab: RpcLab): readonly unknown[] {
  return lab.logged
    .splice(0)
    .filter(({ event }) => event === "rpc_connection_ended")
    .map(({ fields }) => fields["why"]);
}

async function update(lab: RpcLab, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    const name = `k${String(at % UPDATED.credentials)}`;
    const data = { value: String(at).padEnd(UPDATED.sizeBytes, "x") };
    lab.view.change([credential(name, { data, resourceVersion: String(at + 2) })]);
    if (at % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

function memoryNow(lab: RpcLab): ChildMemory {
  lab.metrics.forget();
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return { rssBytes: rss, retainedBytes: heapUsed + external };
}

if (process.argv[2] === "serve" && process.argv[1] === fileURLToPath(import.meta.url)) await serve();
