/**
 * What the schema says of one option, and the names that follow from its key: `maxStale` in the file is `--max-stale`
 * on the command line and `PODKEY_MAX_STALE` in the environment. Deriving them keeps the three from drifting apart.
 */
import type { Codec } from "./codec.ts";

/** Where credentials come from. */
export type SourceKind = "kubernetes" | "manifests" | "volume";

/** The parts of `--help` and of docs/configuration.md. */
export type Group = "source" | "serving" | "lifetime" | "seen";

/** One option of `serve`. */
export interface Option<T> {
  readonly codec: Codec<T>;
  readonly group: Group;
  /** One phrase, without the default. */
  readonly help: string;
  readonly default: T;
  /** Shown instead of the default where it depends on something. */
  readonly defaultText?: string;
  /** The kinds of source it has a meaning for; undefined: all. */
  readonly sources?: readonly SourceKind[];
}

/** `--max-stale`. */
export function flagOf(key: string): string {
  return `--${kebab(key)}`;
}

/** `PODKEY_MAX_STALE`. */
export function variableOf(key: string): string {
  return `PODKEY_${kebab(key).replaceAll("-", "_").toUpperCase()}`;
}

/** The default as `--help` and the docs show it; empty if there is none. */
export function defaultTextOf<T>(option: Option<T>): string {
  return option.defaultText ?? option.codec.format(option.default);
}

function kebab(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
