/** The source `manifests`: serves a folder of Secret manifests live. `npm start` uses it; no cluster is needed. */
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { ScopeId } from "../../core/snapshot/sync-event.ts";
import type { Source } from "../../sync/port/source.ts";
import type { Log } from "../../log/events.ts";
import { folderChanges } from "../folder/folder-changes.ts";
import { createFolderSource } from "../folder/folder-source.ts";
import { requireFolder } from "../folder/require-folder.ts";
import { createManifestFolder } from "./manifest-folder.ts";
import type { ManifestSelection } from "./manifest-file.ts";

export interface ManifestSourceDeps extends ManifestSelection {
  readonly folder: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/**
 * Opens the folder.
 * @throws SyncError `configuration` if it cannot be listed, with the remedy.
 */
export async function openManifests(deps: ManifestSourceDeps): Promise<Source> {
  const { folder, clock, timers, log } = deps;
  await requireFolder(folder, "--manifests");
  return createFolderSource({
    scope: { id: "manifests" as ScopeId, namespace: undefined, name: undefined },
    folder,
    reader: createManifestFolder(deps),
    changes$: folderChanges(folder, log),
    clock,
    timers,
    log,
  });
}
