/**
 * Applies a changed configuration file: consumers, their listeners and policies. Other changed options are logged, because
 * they need a restart. An invalid file changes nothing. Reloads do not overlap.
 */
import { isDeepStrictEqual } from "node:util";
import { ConfigError } from "../../config/load/problem-report.ts";
import type { LoadedConfig, SidecarConfig } from "../../config/schema/sidecar-config.ts";
import type { Log } from "../../log/events.ts";
import { safeError } from "../../log/safe-error.ts";

export interface ReloadDeps {
  readonly load: () => Promise<LoadedConfig>;
  /** Applies the consumers. @throws ListenError; nothing has changed then. */
  readonly apply: (config: SidecarConfig) => Promise<void>;
  /** Called with the new configuration, or undefined if it was rejected. */
  readonly onReload: (config: SidecarConfig | undefined) => void;
  readonly log: Log;
}

/** Reloads the configuration on demand. */
export class Reloader {
  readonly #deps: ReloadDeps;
  #current: SidecarConfig;
  #definesConsumers: boolean;
  #running: Promise<void> = Promise.resolve();

  constructor(deps: ReloadDeps, current: LoadedConfig) {
    this.#deps = deps;
    this.#current = current.config;
    this.#definesConsumers = current.definesConsumers;
  }

  /** Reads the file and applies the differences. Never rejects. */
  reload(): Promise<void> {
    this.#running = this.#running.then(() => this.#once());
    return this.#running;
  }

  async #once(): Promise<void> {
    const { load, apply, onReload, log } = this.#deps;
    try {
      const { config, definesConsumers } = await load();
      if (this.#definesConsumers && !definesConsumers) throw consumersDropped(config);
      if (isDeepStrictEqual(config, this.#current)) return;
      if (!isDeepStrictEqual(config.consumers, this.#current.consumers)) await apply(config);
      const late = needsRestart(this.#current, config);
      this.#current = config;
      this.#definesConsumers = definesConsumers;
      onReload(config);
      log("app_config_reloaded", { consumers: config.consumers.map(({ name }) => name).join(",") });
      if (late.length > 0) log("app_restart_needed", { options: late.join(",") });
    } catch (error) {
      onReload(undefined);
      const problem = error instanceof ConfigError ? error.message : safeError(error).cause;
      log("app_config_rejected", { error: safeError(error).error, problem });
    }
  }
}

/** Changed options that only a restart applies. */
function needsRestart(before: SidecarConfig, after: SidecarConfig): readonly string[] {
  const keys = Object.keys(after) as (keyof SidecarConfig)[];
  return keys.filter((key) => key !== "consumers" && !isDeepStrictEqual(before[key], after[key]));
}

/** A truncated file must not replace all policies by the default consumer, which can read everything. */
function consumersDropped({ configFile = "" }: SidecarConfig): ConfigError {
  const problem =
    "has no `consumers` any more, which would let every client read everything; restore them, or restart podkey to run without them";
  return new ConfigError([{ where: configFile, problem }]);
}
