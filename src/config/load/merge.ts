/**
 * Combines the layers: flag > environment > file > default. Every text is parsed, even if a higher layer overrides it, so
 * that each mistake is reported.
 */
import type { Codec } from "../value/codec.ts";
import type { Layer, Setting } from "./layer.ts";
import type { Option } from "../value/option.ts";
import type { ConfigProblem } from "./problem-report.ts";
import type { OptionKey, OptionValues } from "../schema/schema.ts";
import { OPTION_KEYS, OPTIONS } from "../schema/schema.ts";
import type { Origin } from "../schema/sidecar-config.ts";

/** The options with their origins, and the problems. */
export interface Merged {
  readonly values: OptionValues;
  readonly origins: Readonly<Record<OptionKey, Origin>>;
  /** The setting in effect; absent for a default. */
  readonly winners: ReadonlyMap<OptionKey, Setting>;
  readonly problems: readonly ConfigProblem[];
}

/** @param layers highest precedence first. */
export function mergeLayers(layers: readonly Layer[]): Merged {
  const values: Partial<Record<OptionKey, unknown>> = {};
  const origins: Partial<Record<OptionKey, Origin>> = {};
  const winners = new Map<OptionKey, Setting>();
  const problems: ConfigProblem[] = [];
  for (const key of OPTION_KEYS) {
    const option = OPTIONS[key] as Option<unknown>;
    values[key] = option.default;
    origins[key] = "default";
    for (const layer of layers.toReversed()) {
      const setting = layer.settings.get(key);
      if (setting === undefined) continue;
      const read = readTexts(option.codec, setting);
      if ("problem" in read) problems.push(read);
      else values[key] = read.value;
      origins[key] = layer.origin;
      winners.set(key, setting);
    }
  }
  // The loop has set every key, each with the value of its own codec.
  return { values: values as OptionValues, origins: origins as Record<OptionKey, Origin>, winners, problems };
}

function readTexts(codec: Codec<unknown>, setting: Setting): ConfigProblem | { readonly value: unknown } {
  const values: unknown[] = [];
  for (const text of setting.texts) {
    const parsed = codec.parse(text);
    if (!parsed.ok) return { where: setting.where, problem: parsed.problem };
    values.push(parsed.value);
  }
  return { value: codec.list ? values.flat(1) : values.at(-1) };
}
