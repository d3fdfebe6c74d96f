/**
 * Creates the store and the log of credentials from the configuration.
 */
import { randomBytes } from "node:crypto";
import type { SidecarConfig } from "../../config/schema/sidecar-config.ts";
import type { Clock, Timers } from "../../core/time/clock.ts";
import { createJoinParts } from "../../source/decode/join-parts.ts";
import { Store } from "../../store/store.ts";
import type { StoreMetrics } from "../../store/store.ts";
import type { Log } from "../../log/events.ts";
import type { OpenedSource } from "./source-deps.ts";
import type { ConsumerView } from "../../core/view/consumer-view.ts";
import { ChangeLog } from "../status/change-log.ts";
import { CredentialLog } from "../status/credential-log.ts";
import { prove } from "./prove.ts";

export interface OpenStoreDeps {
  readonly config: SidecarConfig;
  readonly opened: OpenedSource;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly metrics: StoreMetrics;
  readonly log: Log;
  /** Called with the bytes of the values at each change of a credential. */
  readonly observeSize: (sizeBytes: number) => void;
  /** The views of all consumers; called from the first event on. */
  readonly views: () => readonly ConsumerView[];
}

/** A store without consumers, and the log of its credentials. */
export function openStore({ config, opened, observeSize, views, ...deps }: OpenStoreDeps): {
  readonly store: Store;
  readonly credentialLog: CredentialLog;
} {
  const { source, namespaces } = opened;
  const { lifetimePrefix } = config;
  const changeLog = new ChangeLog({ log: deps.log, views });
  const credentialLog = new CredentialLog({ ...deps, observeSize, lifetimePrefix });
  const store = new Store({
    ...deps,
    onTouched: (snapshot, touched) => {
      const keys = [...touched];
      changeLog.update(snapshot, keys);
      credentialLog.update(snapshot, keys);
    },
    scopes: source.scopes,
    namespaces,
    limits: { maxCredentials: config.maxCredentials, maxBytes: config.maxBytes },
    lifetimes: { previousForMs: config.previousFor, previousMaxMs: config.previousMax, lifetimePrefix },
    joinParts: createJoinParts({ annotations: config.annotation, lifetimePrefix }),
    newEpoch: () => randomBytes(9).toString("base64url"),
    relist: (scope, cause) => source.relist(scope, cause),
    prove: (scopes, signal) => prove(source, scopes, signal),
  });
  return { store, credentialLog };
}
