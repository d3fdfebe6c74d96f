/**
 * The source `kubernetes` on the fake API server: a fresh one for each case, in process.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFakeApiServer } from "../../../support/fake-api-server/fake-api-server.ts";
import type { FakeApiServerOptions } from "../../../support/fake-api-server/fake-api-server.ts";
import type { SecretDraft } from "../../../support/kube/kube-objects.ts";
import { writeKubeconfig } from "../../../support/kube/kubeconfig.ts";
import type { SourceTarget, SourceWorld } from "../world.ts";
import { openKubernetesSource } from "./kubernetes-source.ts";

function fake(name: string, options: FakeApiServerOptions): SourceTarget {
  return { name, timeoutMs: 30_000, lacks: {}, open: () => openWorld(options) };
}

/** HTTP/2 and WatchList, as a current API server is met. */
export const FAKE_H2 = fake("fake API server, HTTP/2, WatchList", { protocols: ["h2"] });

/** Behind a proxy that speaks only HTTP/1.1. */
export const FAKE_H1 = fake("fake API server, HTTP/1.1, WatchList", { protocols: ["http/1.1"] });

/** A server without WatchList: 422, then LIST in pages. */
export const FAKE_LIST = fake("fake API server, HTTP/2, LIST", {
  protocols: ["h2"],
  behaviour: { watchList: "off" },
});

async function openWorld(options: FakeApiServerOptions): Promise<SourceWorld> {
  const server = await startFakeApiServer(options);
  const folder = await mkdtemp(join(tmpdir(), "podkey-fake-"));
  const kubeconfig = writeKubeconfig(join(folder, "kubeconfig"), {
    url: server.url,
    caPem: server.caPem,
    identity: { kind: "token", token: "contract" },
    namespace: "shop",
  });
  return {
    namespace: "shop",
    otherNamespace: "pay",
    put: (namespace, name, draft) => {
      server.store.put("secrets", {
        namespace,
        name,
        ...encoded(draft),
        managedFields: managedFields(draft),
      });
      return Promise.resolve();
    },
    label: (namespace, name, changes) => {
      const labels = { ...server.store.get("secrets", namespace, name)?.metadata.labels, ...changes };
      const kept = Object.entries(labels).filter((pair): pair is [string, string] => pair[1] !== undefined);
      server.store.update("secrets", namespace, name, { labels: Object.fromEntries(kept) });
      return Promise.resolve();
    },
    remove: (namespace, name) => {
      server.store.delete("secrets", namespace, name);
      return Promise.resolve();
    },
    open: (selection, held) => openKubernetesSource({ kubeconfig, selection, ownNamespace: "shop", held }),
    cut: () => {
      server.dropConnections();
      return Promise.resolve();
    },
    blockade: async () => {
      await server.kill("reset");
      return () => server.start();
    },
    bookmark: async () => {
      await server.watch({ path: /secrets/ });
      server.bookmark();
    },
    async close() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function encoded(draft: SecretDraft): object {
  const { data, ...rest } = draft;
  const entries = Object.entries(data ?? {}).map(
    ([key, value]) => [key, Buffer.from(value as Uint8Array).toString("base64")] as const,
  );
  return data === undefined ? rest : { ...rest, data: Object.fromEntries(entries) };
}

/** What a real server writes for every writer: the names of the keys. */
function managedFields(draft: SecretDraft): readonly unknown[] {
  const keys = Object.keys(draft.data ?? {}).map((key) => [`f:${key}`, {}] as const);
  return [{ manager: "contract", operation: "Update", fieldsV1: { "f:data": Object.fromEntries(keys) } }];
}
