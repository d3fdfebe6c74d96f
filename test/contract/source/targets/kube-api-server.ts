/**
 * The source `kubernetes` on a real kube-apiserver: namespaces of its own for each case, and a ServiceAccount with no
 * more than the Role in the README.
 */
import { startFaultRelay } from "../../../support/fault-relay/fault-relay.ts";
import type { KubeApiServer } from "../../../support/kube/kube-api-server.ts";
import { READ_SECRETS, readNamed } from "../../../support/kube/kube-objects.ts";
import {
  sharedKubeApiServer,
  startKubeApiServer,
  uniqueName,
} from "../../../support/kube/shared-kube-api-server.ts";
import type { Selection, SourceTarget, SourceWorld } from "../world.ts";
import { cannot } from "../world.ts";
import { openKubernetesSource } from "./kubernetes-source.ts";

const NO_BOOKMARKS = "the first comes after 60 s; the kube tier waits for it";

/** The shared server of the run, with its defaults. */
export function kubeApiServer(): SourceTarget {
  let server: KubeApiServer | undefined;
  return {
    name: "kube-apiserver",
    timeoutMs: 60_000,
    lacks: { bookmarks: NO_BOOKMARKS },
    prepare: async () => {
      server = await sharedKubeApiServer();
    },
    open: () => openWorld(running(server)),
  };
}

/** A server of its own, with other flags. */
export function kubeApiServerWith(name: string, flags: readonly string[]): SourceTarget {
  let server: KubeApiServer | undefined;
  return {
    name,
    timeoutMs: 60_000,
    lacks: { bookmarks: NO_BOOKMARKS },
    prepare: async () => {
      server = await startKubeApiServer({ flags });
    },
    dispose: async () => {
      await server?.stop();
    },
    open: () => openWorld(running(server)),
  };
}

function running(server: KubeApiServer | undefined): KubeApiServer {
  if (server === undefined) throw new Error("The API server was not prepared.");
  return server;
}

const ACCOUNT = "podkey";

async function openWorld(server: KubeApiServer): Promise<SourceWorld> {
  const { objects } = server;
  const [namespace, otherNamespace] = [uniqueName("shop"), uniqueName("pay")];
  await objects.createNamespace(namespace);
  await objects.createNamespace(otherNamespace);
  await objects.createServiceAccount(namespace, ACCOUNT);
  const token = await objects.requestToken(namespace, ACCOUNT);
  const relay = await startFaultRelay(server.port);
  const identity = { kind: "token", token } as const;
  const kubeconfig = server.writeKubeconfig(`${namespace}.kubeconfig`, identity, {
    namespace,
    url: relay.url,
  });
  let grants = 0;
  return {
    namespace,
    otherNamespace,
    put: (at, name, draft) => objects.putSecret(at, name, draft),
    label: (at, name, labels) =>
      objects.patchSecret(at, name, {
        metadata: {
          labels: Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, value ?? null])),
        },
      }),
    remove: (at, name) => objects.deleteSecret(at, name),
    async open(selection, held) {
      grants += 1;
      await grant(server, namespace, `podkey-${String(grants)}`, selection);
      return openKubernetesSource({ kubeconfig, selection, ownNamespace: namespace, held });
    },
    cut: () => {
      relay.reset();
      return Promise.resolve();
    },
    blockade: async () => {
      await relay.stop();
      return () => relay.accept();
    },
    bookmark: cannot("bring a bookmark within a minute"),
    close: () => relay.stop(),
  };
}

/** Exactly what the selection needs. */
async function grant(server: KubeApiServer, own: string, role: string, selection: Selection): Promise<void> {
  const to = { namespace: own, serviceAccount: ACCOUNT };
  if (selection.names !== undefined) {
    const byNamespace = Map.groupBy(selection.names, (entry) => entry.slice(0, entry.indexOf("/")));
    for (const [namespace, entries] of byNamespace) {
      const rules = [readNamed(...entries.map((entry) => entry.slice(namespace.length + 1)))];
      await server.objects.grant(namespace, role, { ...to, rules });
    }
  } else if (selection.namespaces === "all") {
    await server.objects.grantEverywhere(`${own}-${role}`, { ...to, rules: [READ_SECRETS] });
  } else {
    for (const namespace of selection.namespaces ?? [own])
      await server.objects.grant(namespace, role, { ...to, rules: [READ_SECRETS] });
  }
}
