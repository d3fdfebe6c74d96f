/**
 * The source `volume` on a folder of its own, written as the kubelet's AtomicWriter writes it: a new timestamped folder,
 * then `..data` swapped by a rename, so that a Secret changes at once.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, systemTimers } from "../../../../src/app/process/system-clock.ts";
import { openVolume } from "../../../../src/source/volume/volume-source.ts";
import { writeAtomically } from "../../../support/folder/atomic-writer.ts";
import type { SourceTarget, SourceWorld } from "../world.ts";
import { cannot } from "../world.ts";

const NAMESPACE = "shop";

/** Folders of mounted Secrets. */
export const VOLUME: SourceTarget = {
  name: "volume",
  timeoutMs: 30_000,
  lacks: {
    labels: "a mounted Secret has none; what is mounted is served",
    types: "a mounted Secret has no type",
    annotations: "a mounted Secret has none",
    immutable: "a mounted Secret has no such field",
    namespaces: "a volume belongs to the pod's own namespace",
    "names-mode": "names mode is a way to watch a server with fewer rights",
    "server-metadata": "a mounted Secret has no uid and no creationTimestamp",
    "every-change": "a folder is looked at when it has settled",
    connection: "there is none",
    bookmarks: "a scan is the proof",
    bookkeeping: "the kubelet writes values only",
  },
  open: openWorld,
};

async function openWorld(): Promise<SourceWorld> {
  const folder = await mkdtemp(join(tmpdir(), "podkey-volume-"));
  let generation = 0;
  return {
    namespace: NAMESPACE,
    otherNamespace: NAMESPACE,
    async put(_namespace, name, draft) {
      generation += 1;
      await writeAtomically(join(folder, name), `..${String(generation)}`, draft.data ?? {});
    },
    label: cannot("label"),
    remove: (_namespace, name) => rm(join(folder, name), { recursive: true }),
    async open() {
      const source = await openVolume({
        folder,
        namespace: NAMESPACE,
        decode: { annotations: [] },
        clock: systemClock,
        timers: systemTimers,
        log: () => undefined,
      });
      return { source, close: () => Promise.resolve() };
    },
    cut: cannot("cut connections"),
    blockade: cannot("refuse connections"),
    bookmark: cannot("send bookmarks"),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
