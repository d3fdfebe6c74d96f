/** What every kind of source is opened with, and what comes of it; for `open-source.ts` and the openers that it loads. */
import type { SidecarConfig } from "../../config/schema/sidecar-config.ts";
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { ServedNamespaces } from "../../store/served-view.ts";
import type { Held, Source } from "../../sync/port/source.ts";
import type { Log } from "../../log/events.ts";
import type { Instruments } from "../../observe/metrics-registry.ts";

/** What a source is opened with. */
export interface OpenSourceDeps {
  readonly config: SidecarConfig;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Version of podkey, for User-Agent. */
  readonly version: string;
  readonly instruments: Instruments;
  /** What the store holds of a scope. */
  readonly held: Held;
}

/** A source and which namespaces it serves. */
export interface OpenedSource {
  readonly source: Source;
  readonly namespaces: ServedNamespaces;
  /** The API server's address; undefined for folders. */
  readonly server: string | undefined;
}
