/**
 * Start: from spawn to synced and serving, in a pod's surroundings, on a real API server, with the compile cache of
 * the image; against bare Node that lists the same Secrets once over TLS, with a compile cache too.
 */
import { join } from "node:path";
import { SERVICE_ACCOUNT_DIR } from "../src/source/kubernetes/target/service-account.ts";
import type { Bench, Sample } from "./bench.ts";
import { inTurn, most } from "./bench.ts";
import { BenchKube } from "./kube.ts";
import { mountAccount } from "./pod.ts";
import { ProcessUnderTest } from "./process-under-test.ts";
import { ADMIN, scratch, startPodkey, warmCompileCache } from "./subject.ts";
import type { PodkeyOptions } from "./subject.ts";

const SECRETS = [0, 100, 2000] as const;
/**
 * Starts of each side in a round. The fastest counts: a disturbed start is not representative, and the first start of the
 * reference has no cache.
 */
const STARTS = 3;

/** The benchmark `start`. */
export const start: Bench = {
  name: "start",
  question: "How long from exec until podkey is synced and serves?",
  rounds: 5,
  figures: SECRETS.map((count) => ({
    name: `start-${String(count)}`,
    title: `Start to synced, ${String(count)} Secrets`,
    unit: "ms",
    must: most(count === 100 ? 2.5 : 0),
    aim: most(count === 100 ? 2 : 0),
    reference: "bare node and one TLS list",
  })),
  async *run(rounds) {
    const place = await scratch();
    const podkey = {
      compileCache: warmCompileCache(place.folder),
      socketPath: join(place.folder, "podkey.sock"),
      args: ADMIN,
    };
    const kube = await BenchKube.start();
    try {
      const accesses = new Map<number, Awaited<ReturnType<BenchKube["namespaceOf"]>>>();
      for (const count of SECRETS) accesses.set(count, await kube.namespaceOf(count));
      for (let round = 0; round < rounds; round += 1) {
        const samples: Sample[] = [];
        for (const [count, access] of accesses) {
          const env = mountAccount(access);
          const cached = { ...env, NODE_COMPILE_CACHE: join(place.folder, "compile-cache") };
          for (const of of inTurn(round)) {
            const begin = of === "podkey" ? () => podkeyMs({ ...podkey, env }) : () => referenceMs(cached);
            const times: number[] = [];
            for (let at = 0; at < STARTS; at += 1) times.push(await begin());
            samples.push({ figure: `start-${String(count)}`, of, value: Math.min(...times) });
          }
        }
        yield samples;
      }
    } finally {
      await kube.stop();
      await place.remove();
    }
  },
};

async function podkeyMs(options: PodkeyOptions): Promise<number> {
  const podkey = await startPodkey(options);
  await podkey.stop();
  return podkey.startMs;
}

async function referenceMs(env: Readonly<Record<string, string>>): Promise<number> {
  const script = join(import.meta.dirname, "reference/tls-list.js");
  const isReady = (line: string): boolean => line.startsWith("ready");
  const node = await ProcessUnderTest.start({ args: [script, SERVICE_ACCOUNT_DIR], env, isReady });
  await node.stop();
  return node.startMs;
}
