/**
 * The source `volume` on a folder of its own, written as the kubelet's AtomicWriter writes it: a new timestamped folder,
 * then `..data` swapped by a rename, so that a Secret changes as a whole.
 */
import { mkdir, mkdtemp, readdir, readlink, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock, systemTimers } from "../../../../src/app/system-clock.ts";
import { openVolume } from "../../../../src/source/volume/volume-source.ts";
import type { SecretDraft } from "../../../support/kube/kube-objects.ts";
import type { SourceTarget, SourceWorld } from "../world.ts";
import { cannot } from "../world.ts";

const NAMESPACE = "shop";

/** Folders of mounted Secrets. */
export const VOLUME: SourceTarget = {
  name: "volume",
  timeoutMs: 30_000,
  lacks: {
    labels: "a mounted Secret has none; what is mounted is served",
    types: "a mounted Secret does not say its type",
    annotations: "a mounted Secret has none",
    immutable: "a mounted Secret does not say so",
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
      await writeAtomically(join(folder, name), `..${String(generation)}`, draft);
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

/** kubelet's pkg/volume/util/atomic_writer.go: payload, symlink beside, rename over `..data`, key links, clean-up. */
async function writeAtomically(secret: string, generation: string, draft: SecretDraft): Promise<void> {
  const data = draft.data ?? {};
  await mkdir(join(secret, generation), { recursive: true });
  for (const [key, value] of Object.entries(data)) await writeFile(join(secret, generation, key), value);
  const before = await readlink(join(secret, "..data")).catch(() => undefined);
  await symlink(generation, join(secret, "..data_tmp"));
  await rename(join(secret, "..data_tmp"), join(secret, "..data"));
  const entries = await readdir(secret);
  for (const key of Object.keys(data))
    if (!entries.includes(key)) await symlink(join("..data", key), join(secret, key));
  for (const entry of entries)
    if (!entry.startsWith("..") && data[entry] === undefined) await rm(join(secret, entry));
  if (before !== undefined) await rm(join(secret, before), { recursive: true, force: true });
}
