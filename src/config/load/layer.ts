/**
 * One layer of the configuration (flags, environment or file): texts by option, each with where it stands. The three
 * readers make layers, `merge.ts` lays them over each other.
 */
import type { OptionKey } from "../schema/schema.ts";
import type { Origin } from "../schema/sidecar-config.ts";

/** What one layer says of one option. */
export interface Setting {
  /** One text, or several where a flag was repeated or the file holds a list. */
  readonly texts: readonly string[];
  /** For a report: `--drain`, `PODKEY_DRAIN`, `podkey.yaml:7: drain`. */
  readonly where: string;
}

/** Everything that one layer says. */
export interface Layer {
  readonly origin: Exclude<Origin, "default">;
  readonly settings: ReadonlyMap<OptionKey, Setting>;
}
