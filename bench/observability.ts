/**
 * The cost of observability: the RPC server with metrics, log and the check for tracing, against the same server with
 * implementations that do nothing. The budget is a tenth of the throughput of a Get and 3 MiB of idle memory.
 */
import { join } from "node:path";
import type { Bench, Sample } from "./bench.ts";
import { inTurn, least, most } from "./bench.ts";
import { grpcFrame, stringFields } from "./grpc-frame.ts";
import { h2load } from "./load/h2load.ts";
import { ProcessUnderTest } from "./process-under-test.ts";
import { PROBE, scratch } from "./subject.ts";

const SECONDS = 3;
const MIB = 1024 * 1024;
const SCRIPT = join(import.meta.dirname, "reference/observed-server.ts");
const ARGUMENT = { podkey: "observed", reference: "bare" } as const;

/** The benchmark `observability`. */
export const observability: Bench = {
  name: "observability",
  question: "What do metrics, log and tracing hooks cost?",
  rounds: 7,
  figures: [
    {
      name: "observed-get-1k-32",
      title: "Get 1 KB, 32 in flight, observed",
      unit: "calls/s",
      must: least(0.9),
      aim: least(0.95),
      reference: "the same without observers",
    },
    {
      name: "observed-memory",
      title: "Idle memory of the observers",
      unit: "MiB",
      must: most(3),
      aim: most(2),
      reference: "",
    },
  ],
  async *run(rounds) {
    const place = await scratch();
    try {
      for (let round = 0; round < rounds; round += 1) yield await oneRound(place.folder, round);
    } finally {
      await place.remove();
    }
  },
};

async function oneRound(folder: string, round: number): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const idle = { podkey: 0, reference: 0 };
  // Each round has its own processes, so that chance effects of one process do not last.
  for (const side of inTurn(round)) {
    const socketPath = join(folder, `${side}.sock`);
    const server = await ProcessUnderTest.start({
      args: [...PROBE, SCRIPT, ARGUMENT[side], socketPath],
      isReady: (line) => line === "ready",
    });
    try {
      idle[side] = (await server.settledBytes()) / MIB;
      const frame = grpcFrame(stringFields({ 2: "s1024" }));
      const path = "/podkey.v1.CredentialService/Get";
      const load = { socketPath, folder, path, frame, connections: 1, inFlight: 32, seconds: SECONDS };
      // In the first second V8 optimises the code.
      await h2load({ ...load, seconds: 1 });
      const { callsPerSecond } = await h2load(load);
      samples.push({ figure: "observed-get-1k-32", of: side, value: callsPerSecond });
    } finally {
      await server.stop();
    }
  }
  return [...samples, { figure: "observed-memory", of: "podkey", value: idle.podkey - idle.reference }];
}
