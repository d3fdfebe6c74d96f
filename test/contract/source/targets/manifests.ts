/**
 * The source `manifests` on a folder of its own: one YAML file a Secret, written as an editor saves.
 */
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { systemClock, systemTimers } from "../../../../src/app/process/system-clock.ts";
import { parseSelector } from "../../../../src/core/select/selector.ts";
import { openManifests } from "../../../../src/source/manifests/manifest-source.ts";
import type { SecretDraft } from "../../../support/kube/kube-objects.ts";
import type { Selection, SourceTarget, SourceWorld } from "../world.ts";
import { cannot } from "../world.ts";

/** Folders of manifests. */
export const MANIFESTS: SourceTarget = {
  name: "manifests",
  timeoutMs: 30_000,
  lacks: {
    "names-mode": "names mode is a way to watch a server with fewer rights",
    "server-metadata": "uid and creationTimestamp are as written in the manifest, mostly absent",
    "every-change": "a folder is looked at when it has settled",
    connection: "there is none",
    bookmarks: "a scan is the proof",
    bookkeeping: "nobody writes managedFields into files",
  },
  open: openWorld,
};

async function openWorld(): Promise<SourceWorld> {
  const folder = await mkdtemp(join(tmpdir(), "podkey-manifests-"));
  const path = (namespace: string, name: string): string => join(folder, `${namespace}_${name}.yaml`);
  const write = async (namespace: string, name: string, manifest: object): Promise<void> => {
    // Quoted: a bare `yes` is a boolean to Kubernetes' YAML. A hidden name is not read; the rename makes the new content appear at once.
    const draft = join(folder, `.${namespace}_${name}.tmp`.slice(0, 200));
    await writeFile(draft, stringify(manifest, { defaultStringType: "QUOTE_DOUBLE" }));
    await rename(draft, path(namespace, name));
  };
  return {
    namespace: "shop",
    otherNamespace: "pay",
    put: (namespace, name, draft) => write(namespace, name, manifestOf(namespace, name, draft)),
    async label(namespace, name, labels) {
      const manifest = parse(await readFile(path(namespace, name), "utf8")) as Manifest;
      const merged = { ...manifest.metadata.labels, ...labels };
      manifest.metadata.labels = Object.fromEntries(
        Object.entries(merged).filter(([, value]) => value !== undefined),
      );
      await write(namespace, name, manifest);
    },
    remove: (namespace, name) => rm(path(namespace, name)),
    async open(selection) {
      const source = await openManifests({
        folder,
        namespaces: namespacesOf(selection),
        selector: parseSelector(selection.labelSelector ?? "podkey.dev/serve=true"),
        decode: { annotations: selection.annotations ?? [] },
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

interface Manifest {
  readonly metadata: { labels?: Record<string, string | undefined> };
}

function namespacesOf(selection: Selection): readonly string[] {
  return selection.namespaces === "all" ? [] : (selection.namespaces ?? ["shop"]);
}

function manifestOf(namespace: string, name: string, draft: SecretDraft): object {
  const { data = {}, labels, annotations, type, immutable } = draft;
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace, name, ...(labels && { labels }), ...(annotations && { annotations }) },
    ...(type !== undefined && { type }),
    ...(immutable !== undefined && { immutable }),
    data: Object.fromEntries(
      Object.entries(data).map(([key, value]) => [key, Buffer.from(value as Uint8Array).toString("base64")]),
    ),
  };
}
