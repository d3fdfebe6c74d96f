/**
 * Growth in a pod with the memory limit of the shipped manifests (256 MiB): resident memory after a forced collection,
 * before and after 100,000 changes and 10,000 reconnects, with one Watch that reads all changes. The first measurement is
 * taken after a warm-up, when code is compiled and buffers have grown. The collection is an ordinary one that returns no
 * empty page of the heap, so garbage that V8 let accumulate counts.
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { FakeApiServer } from "../test/support/fake-api-server/fake-api-server.ts";
import { startFakeApiServer } from "../test/support/fake-api-server/fake-api-server.ts";
import type { Bench, Figure } from "./bench.ts";
import { most } from "./bench.ts";
import { WatchLoad, watchRequest } from "./load/watch-load.ts";
import { limitMemory } from "./memory-limit.ts";
import type { ProcessUnderTest } from "./process-under-test.ts";
import { kubeconfigArgs, PROBE, scratch, startPodkey } from "./subject.ts";

const SECRETS = 20;
const CHANGES = 100_000;
const RECONNECTS = 10_000;
/** The share of the work that is the warm-up: code is compiled, and the heap has been full and collected. */
const WARM_UP = 0.15;
const CONNECTIONS_AT_ONCE = 20;

const growthAfter = (name: string, title: string): Figure => ({
  ...{ name, title },
  unit: "MiB, before and after",
  must: most(1.05),
  aim: most(1.02),
  reference: "the same process before",
});

const peak: Figure = {
  name: "growth-peak",
  title: "Peak memory",
  unit: "MiB",
  must: most(0),
  aim: most(0),
  reference: "",
};

/** The limit of the shipped manifests. */
const LIMIT_BYTES = 256 * 2 ** 20;

/** The benchmark `growth`. */
export const growth: Bench = {
  name: "growth",
  question: "Does memory grow with changes and reconnects?",
  rounds: 5,
  figures: [
    growthAfter("growth-changes", `Memory after ${CHANGES.toLocaleString("en")} changes`),
    growthAfter("growth-reconnects", `Memory after ${RECONNECTS.toLocaleString("en")} reconnects`),
    growthAfter("growth-both", "Memory after both"),
    growthAfter("growth-heap", "JavaScript heap in use after both"),
    peak,
  ],
  async *run(rounds) {
    for (let round = 0; round < rounds; round += 1) {
      const place = await scratch();
      const server = await startFakeApiServer();
      const change = changer(server);
      await change(SECRETS);
      const access = { url: server.url, caPem: server.caPem, token: "bench", namespace: "shop" };
      const socketPath = join(place.folder, "podkey.sock");
      const args = [...kubeconfigArgs(place.folder, access), "--admin", "none"];
      const limit = limitMemory(LIMIT_BYTES);
      if (limit === undefined)
        process.stdout.write(
          "No memory limit can be set here; the figures are those of the whole machine.\n",
        );
      const podkey = await startPodkey({ socketPath, args, probe: PROBE, under: limit?.under ?? [] });
      try {
        const one = { socketPath, connections: 1, streams: 1, frame: watchRequest("s0") };
        const reader = await WatchLoad.open(one, "synced");
        const reconnect = async (times: number): Promise<void> => {
          const many = { ...one, connections: CONNECTIONS_AT_ONCE, streams: CONNECTIONS_AT_ONCE };
          for (let at = 0; at < times; at += CONNECTIONS_AT_ONCE)
            await (await WatchLoad.open(many, "synced")).close();
        };
        await reconnect(RECONNECTS * WARM_UP);
        await change(CHANGES * WARM_UP);
        const before = await memoryOf(podkey);
        await change(CHANGES);
        const changed = await memoryOf(podkey);
        await reconnect(RECONNECTS);
        const reconnected = await memoryOf(podkey);
        const peakBytes = await podkey.peakBytes();
        await reader.close();
        yield [
          { figure: "growth-changes", of: "reference", value: before.rss },
          { figure: "growth-changes", of: "podkey", value: changed.rss },
          { figure: "growth-reconnects", of: "reference", value: changed.rss },
          { figure: "growth-reconnects", of: "podkey", value: reconnected.rss },
          { figure: "growth-both", of: "reference", value: before.rss },
          { figure: "growth-both", of: "podkey", value: reconnected.rss },
          { figure: "growth-heap", of: "reference", value: before.heap },
          { figure: "growth-heap", of: "podkey", value: reconnected.heap },
          { figure: "growth-peak", of: "podkey", value: peakBytes / 2 ** 20 },
        ];
      } finally {
        await podkey.stop();
        limit?.remove();
        await server.stop();
        await place.remove();
      }
    }
  },
};

async function memoryOf(podkey: ProcessUnderTest): Promise<{ readonly rss: number; readonly heap: number }> {
  const { rssBytes, heapBytes } = (await podkey.ask("SIGUSR2", "memory")) as Memory;
  return { rss: rssBytes / 2 ** 20, heap: heapBytes / 2 ** 20 };
}

/** The answer of bench/probe.js. */
interface Memory {
  readonly rssBytes: number;
  readonly heapBytes: number;
}

/** Changes one Secret after the other, and lets the server write after each round of all Secrets. */
function changer(server: FakeApiServer): (count: number) => Promise<void> {
  let done = 0;
  return async (count) => {
    const end = done + count;
    for (; done < end; done += 1) {
      server.putSecret("shop", `s${String(done % SECRETS)}`, { value: `${String(done)}-${"x".repeat(200)}` });
      if (done % SECRETS === SECRETS - 1) await delay(2);
    }
  };
}
