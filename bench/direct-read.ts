/**
 * Why a sidecar at all: one Get from podkey against one read of the same Secret from a real API server, over a kept
 * TLS connection, one caller, by the same load generator.
 */
import { join } from "node:path";
import type { Bench, Figure } from "./bench.ts";
import { most } from "./bench.ts";
import { grpcFrame, stringFields } from "./grpc-frame.ts";
import { BenchKube } from "./kube.ts";
import { h2get, h2load } from "./load/h2load.ts";
import { kubeconfigArgs, scratch, startPodkey } from "./subject.ts";

const SECONDS = 2;

const latency = (name: string, title: string, must: number): Figure => ({
  ...{ name, title },
  unit: "us",
  must: most(must),
  aim: most(must),
  reference: "GET from kube-apiserver",
});

/** The benchmark `direct-read`. */
export const directRead: Bench = {
  name: "direct-read",
  question: "How much quicker than the API server is a Get of 1 KB?",
  rounds: 5,
  figures: [
    latency("direct-p50", "Get 1 KB, one caller, p50", 0.1),
    latency("direct-p99", "Get 1 KB, one caller, p99", 0),
  ],
  async *run(rounds) {
    const place = await scratch();
    const kube = await BenchKube.start();
    const { folder } = place;
    const socketPath = join(folder, "podkey.sock");
    try {
      const access = await kube.namespaceOf(1);
      const podkey = await startPodkey({
        socketPath,
        args: [...kubeconfigArgs(folder, access), "--admin", "none"],
      });
      try {
        const path = "/podkey.v1.CredentialService/Get";
        const frame = grpcFrame(stringFields({ 2: "s0" }));
        const load = { socketPath, folder, path, frame, connections: 1, inFlight: 1, seconds: SECONDS };
        const url = `${access.url}/api/v1/namespaces/${access.namespace}/secrets/s0`;
        for (let round = 0; round < rounds; round += 1) {
          const mine = await h2load(load);
          const direct = await h2get({ url, token: access.token, folder, seconds: SECONDS });
          yield [
            { figure: "direct-p50", of: "podkey", value: mine.p50Us },
            { figure: "direct-p50", of: "reference", value: direct.p50Us },
            { figure: "direct-p99", of: "podkey", value: mine.p99Us },
            { figure: "direct-p99", of: "reference", value: direct.p99Us },
          ];
        }
      } finally {
        await podkey.stop();
      }
    } finally {
      await kube.stop();
      await place.remove();
    }
  },
};
