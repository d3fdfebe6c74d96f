/**
 * Idle memory: resident bytes of a synced podkey as in the image, some seconds after its start, with the admin listener open,
 * against bare Node of the same version. No collection is forced, so this is what the kubelet reports.
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Bench, Sample } from "./bench.ts";
import { most } from "./bench.ts";
import { BenchKube } from "./kube.ts";
import { mountAccount } from "./pod.ts";
import { ProcessUnderTest } from "./process-under-test.ts";
import { ADMIN, warmCompileCache, manifestArgs, scratch, startPodkey } from "./subject.ts";

const SETTLE_MS = 5_000;
const SOURCES = ["kubernetes", "manifests"] as const;
const SECRETS = 20;

/** The benchmark `idle-memory`. */
export const idleMemory: Bench = {
  name: "idle-memory",
  question: "How much memory does an idle podkey use?",
  rounds: 5,
  figures: SOURCES.map((source) => ({
    name: `idle-${source}`,
    title: `Idle, source ${source}, ${String(SECRETS)} credentials`,
    unit: "MiB",
    must: most(source === "kubernetes" ? 1.45 : 1.55),
    aim: most(source === "kubernetes" ? 1.35 : 1.4),
    reference: "bare node",
  })),
  async *run(rounds) {
    const place = await scratch();
    const compileCache = warmCompileCache(place.folder);
    const kube = await BenchKube.start();
    try {
      const env = mountAccount(await kube.namespaceOf(SECRETS));
      const secrets = Array.from({ length: SECRETS }, (_, at) => ({
        name: `s${String(at)}`,
        sizeBytes: 1024,
      }));
      const manifests = await manifestArgs(place.folder, secrets);
      for (let round = 0; round < rounds; round += 1) {
        const socketPath = join(place.folder, "podkey.sock");
        // All at the same time: idle processes do not disturb each other, and all run on the same machine.
        const processes = [
          await startPodkey({ compileCache, socketPath: `${socketPath}.k`, args: ADMIN, env }),
          await startPodkey({ compileCache, socketPath: `${socketPath}.m`, args: [...manifests, ...ADMIN] }),
          await startBareNode(`${socketPath}.b`),
        ];
        await delay(SETTLE_MS);
        const [kubernetes = NaN, folder = NaN, bare = NaN] = await Promise.all(
          processes.map(async (one) => (await one.rssBytes()) / 2 ** 20),
        );
        for (const one of processes) await one.stop();
        const sample = (figure: string, of: Sample["of"], value: number): Sample => ({ figure, of, value });
        yield [
          sample("idle-kubernetes", "podkey", kubernetes),
          sample("idle-kubernetes", "reference", bare),
          sample("idle-manifests", "podkey", folder),
          sample("idle-manifests", "reference", bare),
        ];
      }
    } finally {
      await kube.stop();
      await place.remove();
    }
  },
};

/** Node with one listening socket, and nothing else. */
export function startBareNode(socketPath: string): Promise<ProcessUnderTest> {
  return ProcessUnderTest.start({
    args: [join(import.meta.dirname, "reference/bare-node.js"), socketPath],
    isReady: (line) => line === "ready",
  });
}
