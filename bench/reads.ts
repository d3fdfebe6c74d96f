/**
 * Reads: Get through the whole product (policy, metrics, audit on) against raw node:http2 that sends the same number of
 * bytes, and beside the Go sidecar, all on Unix sockets, loaded in turn by h2load.
 */
import { join } from "node:path";
import type { Bench, Figure, Sample } from "./bench.ts";
import { least, most, rotated } from "./bench.ts";
import { goSidecar, startGoSidecar } from "./go-sidecar.ts";
import type { FakeApiServer } from "../test/support/fake-api-server/fake-api-server.ts";
import { startFakeApiServer } from "../test/support/fake-api-server/fake-api-server.ts";
import { grpcFrame, stringFields } from "./grpc-frame.ts";
import type { LoadResult } from "./load/h2load.ts";
import { h2load } from "./load/h2load.ts";
import type { ProcessUnderTest } from "./process-under-test.ts";
import { startRaw } from "./raw-subject.ts";
import { kubeconfigArgs, scratch, startPodkey } from "./subject.ts";

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

const SIZES: readonly number[] = [...new Set(SHAPES.map((shape) => shape.sizeBytes))];

/** The socket of each program, by the size of the answer. */
type Sockets = ReadonlyMap<Sample["of"], (sizeBytes: number) => string>;

/** The benchmark `reads`. */
export const reads: Bench = {
  name: "reads",
  question: "How fast is a Get, compared with bare HTTP/2 on Node?",
  rounds: 5,
  figures: [
    throughput("get-1k-32", 0.7, 0.85, "Get 1 KB, 32 in flight"),
    throughput("get-16k-32", 0.7, 0.85, "Get 16 KB, 32 in flight"),
    throughput("get-256k-32", 0, 0, "Get 256 KB, 32 in flight"),
    throughput("get-1k-8x4", 0.65, 0.8, "Get 1 KB, 8 connections x 4"),
    latency("get-1k-32-p99", 1.6, 1.2, "Get 1 KB, 32 in flight, p99"),
    latency("get-1k-1-p50", 0, 0, "Get 1 KB, one caller, p50"),
    latency("get-1k-1-p99", 2.5, 1.5, "Get 1 KB, one caller, p99"),
    latency("get-16k-1-p50", 0, 0, "Get 16 KB, one caller, p50"),
    latency("get-16k-1-p99", 0, 0, "Get 16 KB, one caller, p99"),
  ],
  async *run(rounds) {
    const place = await scratch();
    const server = await startFakeApiServer();
    const running: ProcessUnderTest[] = [];
    try {
      const sockets = await startParties(place.folder, server, running);
      for (let round = 0; round < rounds; round += 1) {
        const samples: Sample[] = [];
        for (const shape of SHAPES)
          for (const [of, socketOf] of rotated([...sockets], round))
            samples.push(...samplesOf(shape, of, await load(place.folder, socketOf(shape.sizeBytes), shape)));
        yield samples;
      }
    } finally {
      for (const one of running) await one.stop();
      await server.stop();
      await place.remove();
    }
  },
};

/** podkey and the Go sidecar follow the same API server; the raw server has one socket for each size. */
async function startParties(
  folder: string,
  server: FakeApiServer,
  running: ProcessUnderTest[],
): Promise<Sockets> {
  for (const sizeBytes of SIZES)
    server.putSecret("shop", nameOf(sizeBytes), { value: "x".repeat(sizeBytes) });
  const access = { url: server.url, caPem: server.caPem, token: "bench", namespace: "shop" };
  const kubeconfig = kubeconfigArgs(folder, access);
  const raw = (sizeBytes: number): string => join(folder, `raw-${String(sizeBytes)}.sock`);
  for (const sizeBytes of SIZES) running.push(await startRaw(raw(sizeBytes), sizeBytes));
  const podkey = join(folder, "podkey.sock");
  running.push(await startPodkey({ socketPath: podkey, args: [...kubeconfig, "--admin", "none"] }));
  const sockets = new Map<Sample["of"], (sizeBytes: number) => string>([
    ["podkey", () => podkey],
    ["reference", raw],
  ]);
  const program = goSidecar();
  if (program !== undefined) {
    const socketPath = join(folder, "go.sock");
    running.push(await startGoSidecar({ program, socketPath, kubeconfig: join(folder, "kubeconfig") }));
    sockets.set("go", () => socketPath);
  }
  return sockets;
}

function nameOf(sizeBytes: number): string {
  return `s${String(sizeBytes)}`;
}

function load(folder: string, socketPath: string, shape: Shape): Promise<LoadResult> {
  return h2load({
    socketPath,
    folder,
    path: "/podkey.v1.CredentialService/Get",
    frame: grpcFrame(stringFields({ 2: nameOf(shape.sizeBytes) })),
    connections: shape.connections,
    inFlight: shape.inFlight,
    seconds: SECONDS,
  });
}

function samplesOf(shape: Shape, of: Sample["of"], result: LoadResult): readonly Sample[] {
  // A gRPC error is HTTP 200 too, but its answer is short.
  if (result.bytesPerCall < shape.sizeBytes)
    throw new Error(`${of} answered ${shape.name} with too few bytes.`);
  return [
    { figure: shape.name, of, value: result.callsPerSecond },
    { figure: `${shape.name}-p50`, of, value: result.p50Us },
    { figure: `${shape.name}-p99`, of, value: result.p99Us },
  ];
}
