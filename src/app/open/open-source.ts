/**
 * Opens the configured source. podkey never switches to another source, because serving a folder instead of the cluster would
 * look like success. The code of a source is loaded only if it is used.
 */
import type { SidecarConfig } from "../../config/schema/sidecar-config.ts";
import { parseSelector } from "../../core/select/selector.ts";
import type { ServedNamespaces } from "../../store/served-view.ts";
import type { Source } from "../../sync/port/source.ts";
import type { OpenedSource, OpenSourceDeps } from "./source-deps.ts";

/** @throws TargetError, or SyncError `configuration`, with one sentence for the user. */
export async function openSource(deps: OpenSourceDeps): Promise<OpenedSource> {
  const { config } = deps;
  switch (config.source) {
    case "manifests":
      return {
        source: await openManifestFolder(deps),
        namespaces: folderNamespaces(config),
        server: undefined,
      };
    case "volume":
      return {
        source: await openVolumeFolder(deps),
        namespaces: { kind: "fixed", only: folderNamespace(config) },
        server: undefined,
      };
    case "kubernetes":
      return (await import("./open-kubernetes.ts")).openKubernetes(deps);
  }
}

async function openManifestFolder({ config, ...deps }: OpenSourceDeps): Promise<Source> {
  const { openManifests } = await import("../../source/manifests/manifest-source.ts");
  return openManifests({
    ...deps,
    folder: config.manifests ?? "",
    namespaces: config.namespace,
    selector: config.selector === undefined ? undefined : parseSelector(config.selector),
    decode: { annotations: config.annotation, lifetimePrefix: config.lifetimePrefix },
  });
}

async function openVolumeFolder({ config, ...deps }: OpenSourceDeps): Promise<Source> {
  const { openVolume } = await import("../../source/volume/volume-source.ts");
  return openVolume({
    ...deps,
    folder: config.volume ?? "",
    namespace: folderNamespace(config),
    decode: { annotations: config.annotation, lifetimePrefix: config.lifetimePrefix },
  });
}

function folderNamespaces(config: SidecarConfig): ServedNamespaces {
  const [first, second] = config.namespace;
  if (first === undefined) return { kind: "found", fallback: "default" };
  return { kind: "fixed", only: second === undefined ? first : undefined };
}

function folderNamespace(config: SidecarConfig): string {
  return config.namespace[0] ?? "default";
}
