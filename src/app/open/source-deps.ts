/** Types of open-source.ts and open-kubernetes.ts, which it loads on demand. */
import type { SidecarConfig } from "../../config/schema/sidecar-config.ts";
import type { Clock, Timers } from "../../core/time/clock.ts";
import type { ServedNamespaces } from "../../store/served-view.ts";
import type { Held, Source } from "../../sync/port/source.ts";
import type { Log } from "../../log/events.ts";
import type { ApiAccess } from "../status/startup.ts";
import type { Instruments } from "../../observe/metrics-registry.ts";

export interface OpenSourceDeps {
  readonly config: SidecarConfig;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Version of podkey, for User-Agent. */
  readonly version: string;
  readonly instruments: Instruments;
  /** The credentials of a scope in the store. */
  readonly held: Held;
}

/** A source and which namespaces it serves. */
export interface OpenedSource {
  readonly source: Source;
  readonly namespaces: ServedNamespaces;
  /** The API server's address; undefined for folders. */
  readonly server: string | undefined;
  /** Undefined for folders. */
  readonly access?: ApiAccess;
}
