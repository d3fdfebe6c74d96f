/**
 * Private memory: what each further pod on a node costs. Several copies run as in a pod, with the image's flags and compile
 * cache. The kernel reports which of their pages are shared (the text of Node, mapped from one image layer) and which are
 * private. RSS counts the shared pages in full for every pod, so the sum over a node is more than the node uses.
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Bench, Figure, Sample } from "./bench.ts";
import { most, rotated } from "./bench.ts";
import { goSidecar, startGoSidecar } from "./go-sidecar.ts";
import { startBareNode } from "./idle-memory.ts";
import { BenchKube } from "./kube.ts";
import { mountAccount } from "./pod.ts";
import type { ProcessUnderTest } from "./process-under-test.ts";
import { ADMIN, scratch, startPodkey, warmCompileCache } from "./subject.ts";

const COPIES = 4;
const SECRETS = 20;
const SETTLE_MS = 5_000;

const figure = (name: string, title: string, must: number, aim: number): Figure => ({
  ...{ name, title },
  unit: "MiB",
  must: most(must),
  aim: most(aim),
  reference: "bare node",
});

/** The benchmark `private-memory`. */
export const privateMemory: Bench = {
  name: "private-memory",
  question: `What does each of ${String(COPIES)} podkeys on one node cost?`,
  rounds: 5,
  figures: [
    figure("private", "Private memory of each of 4 copies", 1.8, 1.5),
    figure("pss", "PSS of each: private, and its part of what is shared", 0, 0),
    figure("rss", "RSS of each", 0, 0),
  ],
  async *run(rounds) {
    const program = goSidecar();
    const place = await scratch();
    const kube = await BenchKube.start();
    try {
      const compileCache = warmCompileCache(place.folder);
      const env = mountAccount(await kube.namespaceOf(SECRETS));
      const starts: Readonly<Record<Sample["of"], (socketPath: string) => Promise<ProcessUnderTest>>> = {
        podkey: (socketPath) => startPodkey({ compileCache, socketPath, args: ADMIN, env }),
        reference: startBareNode,
        go: (socketPath) => startGoSidecar({ program: program ?? "", socketPath, env }),
      };
      const sides: readonly Sample["of"][] = [
        "podkey",
        "reference",
        ...(program === undefined ? [] : ["go" as const]),
      ];
      for (let round = 0; round < rounds; round += 1) {
        const samples: Sample[] = [];
        for (const of of rotated(sides, round))
          samples.push(...(await measure(of, starts[of], place.folder)));
        yield samples;
      }
    } finally {
      await kube.stop();
      await place.remove();
    }
  },
};

/** One kind at a time, so that no other program shares its pages. */
async function measure(
  of: Sample["of"],
  start: (socketPath: string) => Promise<ProcessUnderTest>,
  folder: string,
): Promise<readonly Sample[]> {
  const copies: ProcessUnderTest[] = [];
  try {
    for (let at = 0; at < COPIES; at += 1) copies.push(await start(join(folder, `${of}-${String(at)}.sock`)));
    await delay(SETTLE_MS);
    const maps = await Promise.all(copies.map((copy) => copy.smaps()));
    const mean = (field: keyof (typeof maps)[number]): number =>
      maps.reduce((sum, one) => sum + one[field], 0) / maps.length / 2 ** 20;
    return [
      { figure: "private", of, value: mean("privateBytes") },
      { figure: "pss", of, value: mean("pssBytes") },
      { figure: "rss", of, value: mean("rssBytes") },
    ];
  } finally {
    for (const copy of copies) await copy.stop();
  }
}
