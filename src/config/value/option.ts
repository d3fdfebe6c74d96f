/**
 * One option, and the names that are derived from its key: `maxStale` in the file is `--max-stale` on the command line and
 * `PODKEY_MAX_STALE` in the environment.
 */
import type { Codec } from "./codec.ts";

/** Where credentials come from. */
export type SourceKind = "kubernetes" | "manifests" | "volume";

/** The sections of `--help` and docs/configuration.md. */
export type Group = "source" | "serving" | "lifetime" | "seen";

/** One option of `serve`. */
export interface Option<T> {
  readonly codec: Codec<T>;
  readonly group: Group;
  /** One phrase, without the default value. */
  readonly help: string;
  readonly default: T;
  /** The default in words, if it depends on other settings. */
  readonly defaultText?: string;
  /** The sources that it applies to; undefined: all. */
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

/** The default as text; empty if there is none. */
export function defaultTextOf<T>(option: Option<T>): string {
  return option.defaultText ?? option.codec.format(option.default);
}

function kebab(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
