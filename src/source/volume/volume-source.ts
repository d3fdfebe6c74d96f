/**
 * The source `volume`: mounted Secrets, projected and CSI volumes, for pods without access to the API server. The kubelet
 * updates a mount about once a minute.
 */
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { ScopeId } from "../../core/snapshot/sync-event.ts";
import type { Source } from "../../sync/port/source.ts";
import type { Log } from "../../log/events.ts";
import { folderChanges } from "../folder/folder-changes.ts";
import { createFolderSource } from "../folder/folder-source.ts";
import { requireFolder } from "../folder/require-folder.ts";
import type { VolumeSelection } from "./volume-folder.ts";
import { createVolumeFolder } from "./volume-folder.ts";

export interface VolumeSourceDeps extends VolumeSelection {
  readonly folder: string;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

/**
 * Opens the folder.
 * @throws SyncError `configuration` if it cannot be listed, with the remedy.
 */
export async function openVolume(deps: VolumeSourceDeps): Promise<Source> {
  const { folder, clock, timers, log } = deps;
  await requireFolder(folder, "--volume");
  return createFolderSource({
    scope: { id: "volume" as ScopeId, namespace: undefined, name: undefined },
    folder,
    reader: createVolumeFolder(folder, deps, log),
    changes$: folderChanges(folder, log),
    clock,
    timers,
    log,
  });
}
