/**
 * The configuration for the rest of the program: complete with defaults, parsed and frozen. load.ts creates it. Times are
 * milliseconds, sizes are bytes.
 */
import type { Policy } from "../../core/select/policy.ts";
import type { AdminAddress, ListenAddress } from "../value/address.ts";
import type { OptionKey, OptionValues } from "./schema.ts";

/** The kernel credentials that a process on the other end of a Unix socket must have. */
export interface PeerConfig {
  readonly uid: number | undefined;
  readonly gid: number | undefined;
}

/** One consumer: its name, its listeners and its policy. */
export interface ConsumerConfig {
  /** In logs, metrics and audit lines; unique. */
  readonly name: string;
  readonly listen: readonly ListenAddress[];
  /** Mode of its Unix sockets. */
  readonly socketMode: number;
  /** Owner of its Unix sockets; undefined: the user of the process. */
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  /** File with the bearer token of its TCP listeners. */
  readonly tokenFile: string | undefined;
  readonly peer: PeerConfig | undefined;
  readonly policy: Policy;
}

/** Options that become part of `consumers` or of another field. */
type Folded = "config" | "listen" | "socketMode" | "tokenFile" | "admin" | "logFormat";

/** The complete configuration of `serve`. */
export interface SidecarConfig extends Omit<OptionValues, Folded> {
  /** The configuration file; undefined without `--config`. */
  readonly configFile: string | undefined;
  /** At least one; `default` if the file has no `consumers`. */
  readonly consumers: readonly ConsumerConfig[];
  /** Undefined: no admin HTTP. */
  readonly admin: AdminAddress | undefined;
  readonly logFormat: "json" | "pretty";
}

/** Where a value was set. */
export type Origin = "flag" | "environment" | "file" | "default";

/** A loaded configuration with its origins. */
export interface LoadedConfig {
  readonly config: SidecarConfig;
  /** Whether the file defines `consumers`; without them there is the default consumer, which can read everything. */
  readonly definesConsumers: boolean;
  /** The options before defaults that depend on other options; for `config print`. */
  readonly options: OptionValues;
  readonly origins: Readonly<Record<OptionKey, Origin>>;
  /** One sentence each. */
  readonly warnings: readonly string[];
}
