/**
 * The configuration as the rest of the program sees it: every default resolved, every text read, frozen. `load.ts`
 * makes it; `app.ts` hands each part what it needs of it. Times are milliseconds, sizes bytes.
 */
import type { Policy } from "../../core/select/policy.ts";
import type { AdminAddress, ListenAddress } from "../value/address.ts";
import type { OptionKey, OptionValues } from "./schema.ts";

/** A second factor: what the kernel must say of the process at the other end of a Unix socket. */
export interface PeerConfig {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** One consumer: who it is, where it connects, what it may read. */
export interface ConsumerConfig {
  /** In logs, metrics and audit lines; unique. */
  readonly name: string;
  readonly listen: readonly ListenAddress[];
  /** Mode of its Unix sockets. */
  readonly socketMode: number;
  /** Owner of its Unix sockets; undefined: left as the process makes them. */
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** File with the bearer token of its TCP listeners. */
  readonly tokenFile: string | undefined;
  readonly peer: PeerConfig | undefined;
  readonly policy: Policy;
}

/** Options whose meaning is in `consumers` or in another field once loaded. */
type Folded = "config" | "listen" | "socketMode" | "tokenFile" | "admin" | "logFormat";

/** Everything that `serve` is told. */
export interface SidecarConfig extends Omit<OptionValues, Folded> {
  /** The file it came from; undefined without `--config`. */
  readonly configFile: string | undefined;
  /** At least one; without `consumers` in the file it is `default`. */
  readonly consumers: readonly ConsumerConfig[];
  /** Undefined: no admin HTTP. */
  readonly admin: AdminAddress | undefined;
  readonly logFormat: "json" | "pretty";
}

/** Where a value came from. */
export type Origin = "flag" | "environment" | "file" | "default";

/** A configuration that was loaded, and how. */
export interface LoadedConfig {
  readonly config: SidecarConfig;
  /** The options as set, before defaults that depend on others; for `config print`. */
  readonly options: OptionValues;
  readonly origins: Readonly<Record<OptionKey, Origin>>;
  /** What is odd but no mistake, one sentence each. */
  readonly warnings: readonly string[];
}
