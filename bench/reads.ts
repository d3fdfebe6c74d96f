/**
 * Reads: Get through the whole product (policy, metrics, interceptors on) against raw node:http2 that sends the same
 * number of bytes, both on Unix sockets, loaded in turn by h2load.
 */
import { join } from "node:path";
import type { Bench, Figure, Sample } from "./bench.ts";
import { inTurn, least, most } from "./bench.ts";
import { grpcFrame, stringFields } from "./grpc-frame.ts";
import type { LoadResult } from "./load/h2load.ts";
import { h2load } from "./load/h2load.ts";
import type { ProcessUnderTest } from "./process-under-test.ts";
import { startRaw } from "./raw-subject.ts";
import { manifestArgs, scratch, startPodkey } from "./subject.ts";

/** A shape of load. */
interface Shape {
  readonly name: string;
  readonly sizeBytes: number;
  readonly connections: number;
  readonly inFlight: number;
}

const SHAPES: readonly Shape[] = [
  { name: "get-1k-32", sizeBytes: 1024, connections: 1, inFlight: 32 },
  { name: "get-16k-32", sizeBytes: 16_384, connections: 1, inFlight: 32 },
  { name: "get-256k-32", sizeBytes: 262_144, connections: 1, inFlight: 32 },
  { name: "get-1k-8x4", sizeBytes: 1024, connections: 8, inFlight: 4 },
  { name: "get-1k-1", sizeBytes: 1024, connections: 1, inFlight: 1 },
  { name: "get-16k-1", sizeBytes: 16_384, connections: 1, inFlight: 1 },
];

const SECONDS = 2;

const throughput = (name: string, must: number, aim: number, title: string): Figure => ({
  name,
  title,
  unit: "calls/s",
  must: least(must),
  aim: least(aim),
  reference: "raw node:http2",
});

const latency = (name: string, must: number, aim: number, title: string): Figure => ({
  name,
  title,
  unit: "us",
  must: most(must),
  aim: most(aim),
  reference: "raw node:http2",
});

/** The benchmark `reads`. */
export const reads: Bench = {
  name: "reads",
  question: "How much of what Node's HTTP/2 can do does a Get get?",
  rounds: 5,
  figures: [
    throughput("get-1k-32", 0.55, 0.7, "Get 1 KB, 32 in flight"),
    throughput("get-16k-32", 0.45, 0.75, "Get 16 KB, 32 in flight"),
    throughput("get-256k-32", 0, 0, "Get 256 KB, 32 in flight"),
    throughput("get-1k-8x4", 0, 0, "Get 1 KB, 8 connections x 4"),
    latency("get-1k-1-p50", 2, 1.5, "Get 1 KB, one caller, p50"),
    latency("get-1k-1-p99", 3, 2, "Get 1 KB, one caller, p99"),
    latency("get-16k-1-p50", 0, 0, "Get 16 KB, one caller, p50"),
    latency("get-16k-1-p99", 0, 0, "Get 16 KB, one caller, p99"),
  ],
  async *run(rounds) {
    const place = await scratch();
    const running: ProcessUnderTest[] = [];
    try {
      const sizes = [...new Set(SHAPES.map((shape) => shape.sizeBytes))];
      const secrets = sizes.map((sizeBytes) => ({ name: `s${sizeBytes}`, sizeBytes }));
      const socketPath = join(place.folder, "podkey.sock");
      const args = [...(await manifestArgs(place.folder, secrets)), "--admin", "none"];
      running.push(await startPodkey({ socketPath, args }));
      for (const sizeBytes of sizes)
        running.push(await startRaw(rawSocket(place.folder, sizeBytes), sizeBytes));
      for (let round = 0; round < rounds; round += 1) {
        const samples: Sample[] = [];
        for (const shape of SHAPES) {
          for (const side of inTurn(round)) {
            const target = side === "podkey" ? socketPath : rawSocket(place.folder, shape.sizeBytes);
            samples.push(...samplesOf(shape, side, await load(place.folder, target, shape)));
          }
        }
        yield samples;
      }
    } finally {
      for (const one of running) await one.stop();
      await place.remove();
    }
  },
};

function rawSocket(folder: string, sizeBytes: number): string {
  return join(folder, `raw-${sizeBytes}.sock`);
}

function load(folder: string, socketPath: string, shape: Shape): Promise<LoadResult> {
  return h2load({
    socketPath,
    folder,
    path: "/podkey.v1.CredentialService/Get",
    frame: grpcFrame(stringFields({ 2: `s${shape.sizeBytes}` })),
    connections: shape.connections,
    inFlight: shape.inFlight,
    seconds: SECONDS,
  });
}

function samplesOf(shape: Shape, of: Sample["of"], result: LoadResult): readonly Sample[] {
  // HTTP 200 says nothing of grpc-status: an answer that is too short was an error.
  if (result.bytesPerCall < shape.sizeBytes)
    throw new Error(`${of} answered ${shape.name} with too few bytes.`);
  if (shape.inFlight > 1) return [{ figure: shape.name, of, value: result.callsPerSecond }];
  return [
    { figure: `${shape.name}-p50`, of, value: result.p50Us },
    { figure: `${shape.name}-p99`, of, value: result.p99Us },
  ];
}
