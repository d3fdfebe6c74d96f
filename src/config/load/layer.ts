/**
 * One layer of the configuration (flags, environment or file): the texts of options, each with its place. merge.ts combines
 * the layers.
 */
import type { OptionKey } from "../schema/schema.ts";
import type { Origin } from "../schema/sidecar-config.ts";

/** One option in one layer. */
export interface Setting {
  /** One text, or several if a flag was repeated or the file has a list. */
  readonly texts: readonly string[];
  /** For errors: `--drain`, `PODKEY_DRAIN`, `podkey.yaml:7: drain`. */
  readonly where: string;
}

/** All options that are set in one layer. */
export interface Layer {
  readonly origin: Exclude<Origin, "default">;
  readonly settings: ReadonlyMap<OptionKey, Setting>;
}
