/** Shutdown: from SIGTERM to the end of the process, with a thousand open Watches, and with none. */
import { join } from "node:path";
import type { Bench, Figure, Sample } from "./bench.ts";
import { most } from "./bench.ts";
import { WatchLoad, watchRequest } from "./load/watch-load.ts";
import { manifestArgs, scratch, startPodkey } from "./subject.ts";

const STREAMS = [0, 1000] as const;
const CONNECTIONS = 10;

/** The benchmark `shutdown`. */
export const shutdown: Bench = {
  name: "shutdown",
  question: "How long from SIGTERM until podkey has ended?",
  rounds: 5,
  figures: STREAMS.map((streams): Figure => ({
    name: `shutdown-${String(streams)}`,
    title: `SIGTERM to exit, ${String(streams)} Watches`,
    unit: "s",
    must: most(2),
    aim: most(0.5),
    reference: "",
  })),
  async *run(rounds) {
    const place = await scratch();
    try {
      const args = [
        ...(await manifestArgs(place.folder, [{ name: "s", sizeBytes: 1024 }])),
        "--admin",
        "none",
      ];
      for (let round = 0; round < rounds; round += 1) {
        const samples: Sample[] = [];
        for (const streams of STREAMS)
          samples.push({
            figure: `shutdown-${String(streams)}`,
            of: "podkey",
            value: await secondsToEnd(place.folder, args, streams),
          });
        yield samples;
      }
    } finally {
      await place.remove();
    }
  },
};

async function secondsToEnd(folder: string, args: readonly string[], streams: number): Promise<number> {
  const socketPath = join(folder, "podkey.sock");
  const podkey = await startPodkey({ socketPath, args });
  const frame = watchRequest("s");
  const load = await WatchLoad.open({ socketPath, connections: CONNECTIONS, streams, frame }, "synced");
  const tookMs = await podkey.stop();
  await load.close();
  return tookMs / 1000;
}
