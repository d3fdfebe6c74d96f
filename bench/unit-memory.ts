/**
 * The cost of one more open Watch, one more connection, a thousand more Secrets; and the peak under load. Measured after a
 * forced collection, so that garbage does not count. Watches and connections are opened in steps and the median step
 * counts, because in one of the steps V8 optimises the code, which costs 10 MB once.
 */
import { join } from "node:path";
import type { Bench, Bound, Figure, Sample } from "./bench.ts";
import { most } from "./bench.ts";
import { grpcFrame, stringFields } from "./grpc-frame.ts";
import { h2load } from "./load/h2load.ts";
import { WatchLoad, watchRequest } from "./load/watch-load.ts";
import { median } from "./median.ts";
import type { ProcessUnderTest } from "./process-under-test.ts";
import { manifestArgs, PROBE, scratch, startPodkey } from "./subject.ts";

const STEPS = 10;
/** Watches of a step, all on one new connection. */
const WATCHES = 100;
/** Connections of a step, each with one Watch. */
const CONNECTIONS = 20;
const SECRETS = 1000;
const SECRET_BYTES = 1024;

const NO_BOUND = most(0);

const figure = (name: string, title: string, unit: string, must: Bound, aim: Bound): Figure => ({
  ...{ name, title, unit, must, aim },
  reference: "",
});

/** The benchmark `unit-memory`. */
export const unitMemory: Bench = {
  name: "unit-memory",
  question: "What do a Watch, a connection and a Secret cost in memory?",
  rounds: 5,
  figures: [
    figure("per-watch", `Each of ${String(STEPS * WATCHES)} idle Watches`, "KB", most(24), most(15)),
    figure(
      "per-connection",
      `Each of ${String(STEPS * CONNECTIONS)} idle connections`,
      "KB",
      most(60),
      most(40),
    ),
    figure("per-1000-secrets", "1,000 Secrets of 1 KB", "MB", NO_BOUND, NO_BOUND),
    figure("saturated", "Peak while Gets of 16 KB saturate it", "MiB", NO_BOUND, NO_BOUND),
    figure("after-load", "After that load", "MiB", NO_BOUND, NO_BOUND),
  ],
  async *run(rounds) {
    for (let round = 0; round < rounds; round += 1) {
      const place = await scratch();
      try {
        yield await measureRound(place.folder);
      } finally {
        await place.remove();
      }
    }
  },
};

async function measureRound(folder: string): Promise<readonly Sample[]> {
  const socketPath = join(folder, "podkey.sock");
  const one = await manifestArgs(join(folder, "one"), [
    { name: "watched", sizeBytes: 1024 },
    { name: "big", sizeBytes: 16_384 },
  ]);
  const many = await manifestArgs(
    join(folder, "many"),
    Array.from({ length: SECRETS }, (_, at) => ({ name: `s${String(at)}`, sizeBytes: SECRET_BYTES })),
  );
  const load = { socketPath, frame: watchRequest("watched") };
  const open = async (connections: number, streams: number): Promise<void> => {
    await WatchLoad.open({ ...load, connections, streams }, "synced");
  };
  const watchBytes = median(await steps(socketPath, one, () => open(1, WATCHES))) / WATCHES;
  const connectionBytes =
    median(await steps(socketPath, one, () => open(CONNECTIONS, CONNECTIONS))) / CONNECTIONS;
  const saturated = await grown(socketPath, one, () => saturate(socketPath, folder));
  const full = await grown(socketPath, many, () => Promise.resolve());
  const sample = (name: string, value: number): Sample => ({ figure: name, of: "podkey", value });
  return [
    sample("per-watch", watchBytes / 1000),
    sample("per-connection", (connectionBytes - watchBytes) / 1000),
    sample("per-1000-secrets", (full.beforeBytes - saturated.beforeBytes) / 1e6),
    sample("saturated", saturated.peakBytes / 2 ** 20),
    sample("after-load", saturated.afterBytes / 2 ** 20),
  ];
}

interface Grown {
  readonly beforeBytes: number;
  readonly afterBytes: number;
  readonly peakBytes: number;
}

/** The memory that a task adds to a fresh podkey, after a few connections that warm up the code. */
async function grown(
  socketPath: string,
  source: readonly string[],
  task: () => Promise<void>,
): Promise<Grown> {
  const podkey = await startWarm(socketPath, source);
  const beforeBytes = await podkey.settledBytes();
  await task();
  const afterBytes = await podkey.settledBytes();
  const peakBytes = await podkey.peakBytes();
  await podkey.stop();
  return { beforeBytes, afterBytes, peakBytes };
}

/** The growth in bytes by each step. */
async function steps(
  socketPath: string,
  source: readonly string[],
  step: () => Promise<void>,
): Promise<readonly number[]> {
  const podkey = await startWarm(socketPath, source);
  const grownBytes: number[] = [];
  let lastBytes = await podkey.settledBytes();
  for (let at = 0; at < STEPS; at += 1) {
    await step();
    const nowBytes = await podkey.settledBytes();
    grownBytes.push(nowBytes - lastBytes);
    lastBytes = nowBytes;
  }
  await podkey.stop();
  return grownBytes;
}

async function startWarm(socketPath: string, source: readonly string[]): Promise<ProcessUnderTest> {
  const podkey = await startPodkey({ socketPath, args: [...source, "--admin", "none"], probe: PROBE });
  const warm = { socketPath, connections: 5, streams: 20, frame: watchRequest("watched") };
  const warmUp = await WatchLoad.open(warm, "synced");
  await warmUp.close();
  return podkey;
}

async function saturate(socketPath: string, folder: string): Promise<void> {
  const frame = grpcFrame(stringFields({ 2: "big" }));
  const path = "/podkey.v1.CredentialService/Get";
  await h2load({ socketPath, folder, path, frame, connections: 8, inFlight: 32, seconds: 3 });
}
