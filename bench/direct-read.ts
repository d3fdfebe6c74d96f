/**
 * Compares a Get from podkey with a read of the same Secret from a real API server in three ways: over an open connection
 * one at a time and 32 at a time (h2load for both), and over a new connection for each read. For the first it also shows
 * node:http2 alone with the same bytes, which is the lower limit for a server on Node.
 */
import { join } from "node:path";
import type { Bench, Figure, Sample } from "./bench.ts";
import { most } from "./bench.ts";
import { grpcFrame, stringFields } from "./grpc-frame.ts";
import { BenchKube } from "./kube.ts";
import { h2get, h2load } from "./load/h2load.ts";
import { callAnew, getAnew } from "./load/new-connection-reads.ts";
import { median } from "./median.ts";
import type { ProcessUnderTest } from "./process-under-test.ts";
import { startRaw } from "./raw-subject.ts";
import type { ApiServerAccess } from "./subject.ts";
import { kubeconfigArgs, scratch, startPodkey } from "./subject.ts";

const SECONDS = 2;
const SIZE_BYTES = 1024;
const PATH = "/podkey.v1.CredentialService/Get";
const FRAME = grpcFrame(stringFields({ 2: "s0" }));

/** An order of magnitude, at the median. */
const MUST = 0.1;

const latency = (name: string, title: string, must: number): Figure => ({
  ...{ name, title },
  unit: "us",
  must: most(must),
  aim: most(must),
  reference: "GET from kube-apiserver",
});

/** The addresses of both sides. */
interface Sides {
  readonly folder: string;
  readonly socketPath: string;
  readonly rawSocketPath: string;
  readonly access: ApiServerAccess;
}

/** The benchmark `direct-read`. */
export const directRead: Bench = {
  name: "direct-read",
  question: "How much quicker than the API server is a Get of 1 KB?",
  rounds: 5,
  figures: [
    latency("direct-p50", "Get 1 KB, one caller, p50", MUST),
    latency("direct-p99", "Get 1 KB, one caller, p99", 0),
    latency("direct-raw-p50", "the same from raw node:http2, p50", 0),
    latency("direct-32-p50", "Get 1 KB, 32 in flight, p50", 0),
    latency("direct-32-p99", "Get 1 KB, 32 in flight, p99", 0),
    latency("direct-new-connection-p50", "Get 1 KB, each over a new connection, p50", 0),
  ],
  async *run(rounds) {
    const place = await scratch();
    const kube = await BenchKube.start();
    const running: ProcessUnderTest[] = [];
    const { folder } = place;
    const socketPath = join(folder, "podkey.sock");
    const rawSocketPath = join(folder, "raw.sock");
    try {
      const access = await kube.namespaceOf(1, SIZE_BYTES);
      const args = [...kubeconfigArgs(folder, access), "--admin", "none"];
      running.push(await startPodkey({ socketPath, args }));
      running.push(await startRaw(rawSocketPath, SIZE_BYTES));
      const sides = { folder, socketPath, rawSocketPath, access };
      for (let round = 0; round < rounds; round += 1)
        yield [...(await kept(sides, 1)), ...(await kept(sides, 32)), ...(await newConnection(sides))];
    } finally {
      for (const one of running) await one.stop();
      await kube.stop();
      await place.remove();
    }
  },
};

/** Over one open connection, with this many calls in flight. */
async function kept(sides: Sides, inFlight: 1 | 32): Promise<readonly Sample[]> {
  const { folder, access } = sides;
  const load = { folder, path: PATH, frame: FRAME, connections: 1, inFlight, seconds: SECONDS };
  const direct = await h2get({
    url: urlOf(access),
    token: access.token,
    inFlight,
    folder,
    seconds: SECONDS,
  });
  const mine = await h2load({ ...load, socketPath: sides.socketPath });
  const name = inFlight === 1 ? "direct" : "direct-32";
  const samples: Sample[] = [
    { figure: `${name}-p50`, of: "podkey", value: mine.p50Us },
    { figure: `${name}-p50`, of: "reference", value: direct.p50Us },
    { figure: `${name}-p99`, of: "podkey", value: mine.p99Us },
    { figure: `${name}-p99`, of: "reference", value: direct.p99Us },
  ];
  if (inFlight > 1) return samples;
  const raw = await h2load({ ...load, socketPath: sides.rawSocketPath });
  return [
    ...samples,
    { figure: "direct-raw-p50", of: "podkey", value: raw.p50Us },
    { figure: "direct-raw-p50", of: "reference", value: direct.p50Us },
  ];
}

async function newConnection({ socketPath, access }: Sides): Promise<readonly Sample[]> {
  const mine = await callAnew({ socketPath, path: PATH, frame: FRAME, seconds: SECONDS });
  const direct = await getAnew({ ...access, url: urlOf(access), seconds: SECONDS });
  return [
    { figure: "direct-new-connection-p50", of: "podkey", value: median(mine) },
    { figure: "direct-new-connection-p50", of: "reference", value: median(direct) },
  ];
}

function urlOf({ url, namespace }: ApiServerAccess): string {
  return `${url}/api/v1/namespaces/${namespace}/secrets/s0`;
}
