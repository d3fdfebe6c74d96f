/**
 * Puts a changed configuration file in force while podkey runs: consumers, their listeners and policies. What only a
 * restart can apply is named in the log. A file that cannot be used changes nothing and says why. One reload at a time.
 */
import { isDeepStrictEqual } from "node:util";
import { ConfigError } from "../../config/load/problem-report.ts";
import type { LoadedConfig, SidecarConfig } from "../../config/schema/sidecar-config.ts";
import type { Log } from "../../log/events.ts";
import { safeError } from "../../log/safe-error.ts";

/** What a reload works with. */
export interface ReloadDeps {
  readonly load: () => Promise<LoadedConfig>;
  /** Puts the consumers in force. @throws ListenError; nothing has changed then. */
  readonly apply: (config: SidecarConfig) => Promise<void>;
  /** Told of the outcome, for the metrics. */
  readonly noted: (config: SidecarConfig | undefined) => void;
  readonly log: Log;
}

/** Reloads on demand. */
export class Reloader {
  readonly #deps: ReloadDeps;
  #current: SidecarConfig;
  #running: Promise<void> = Promise.resolve();

  constructor(deps: ReloadDeps, current: SidecarConfig) {
    this.#deps = deps;
    this.#current = current;
  }

  /** Reads the file and applies what differs; settles when done, never rejects. */
  reload(): Promise<void> {
    this.#running = this.#running.then(() => this.#once());
    return this.#running;
  }

  async #once(): Promise<void> {
    const { load, apply, noted, log } = this.#deps;
    try {
      const { config } = await load();
      if (isDeepStrictEqual(config, this.#current)) return;
      if (!isDeepStrictEqual(config.consumers, this.#current.consumers)) await apply(config);
      const late = needsRestart(this.#current, config);
      this.#current = config;
      noted(config);
      log("app_config_reloaded", { consumers: config.consumers.map(({ name }) => name).join(",") });
      if (late.length > 0) log("app_restart_needed", { options: late.join(",") });
    } catch (error) {
      noted(undefined);
      const problem = error instanceof ConfigError ? error.message : safeError(error).cause;
      log("app_config_rejected", { error: safeError(error).error, problem });
    }
  }
}

/** Options that differ and are read only at the start. */
function needsRestart(before: SidecarConfig, after: SidecarConfig): readonly string[] {
  const keys = Object.keys(after) as (keyof SidecarConfig)[];
  return keys.filter((key) => key !== "consumers" && !isDeepStrictEqual(before[key], after[key]));
}
