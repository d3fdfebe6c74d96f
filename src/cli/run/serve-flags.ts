/**
 * The flags of `serve`, `check` and `config print`, made from the configuration schema, so that `--help` always matches
 * what is read. Unknown flags are collected, not thrown, so that one report lists all problems.
 */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { Option } from "commander";
import { didYouMean } from "../../config/value/did-you-mean.ts";
import type { Layer, Setting } from "../../config/load/layer.ts";
import type { ConfigInputs } from "../../config/load/load.ts";
import type { Option as SchemaOption } from "../../config/value/option.ts";
import { defaultTextOf, flagOf, variableOf } from "../../config/value/option.ts";
import type { ConfigProblem } from "../../config/load/problem-report.ts";
import type { OptionKey } from "../../config/schema/schema.ts";
import { GROUP_TITLES, OPTION_KEYS, OPTIONS } from "../../config/schema/schema.ts";
import type { CliDeps } from "./cli-deps.ts";

/** Adds every option of the schema to a command. */
export function addServeFlags(command: Command): void {
  command.allowUnknownOption().allowExcessArguments();
  for (const key of OPTION_KEYS) {
    for (const option of flagsOf(key, OPTIONS[key] as SchemaOption<unknown>)) command.addOption(option);
  }
}

function flagsOf(key: OptionKey, option: SchemaOption<unknown>): readonly Option[] {
  const flag = flagOf(key);
  const isSwitch = option.codec.placeholder === "";
  const help = `${option.help} (${helpFacts(key, option)})`;
  const made = new Option(isSwitch ? flag : `${flag} <${option.codec.placeholder}>`, help);
  made.helpGroup(`${GROUP_TITLES[option.group]}:`);
  if (option.codec.list)
    made.argParser((text: string, before: readonly string[] | undefined) => [...(before ?? []), text]);
  if (!isSwitch || option.default !== true) return [made];
  const off = new Option(
    flag.replace("--", "--no-"),
    `no ${option.help} (default: on; env: ${variableOf(key)}=false)`,
  );
  return [made.hideHelp(), off.helpGroup(`${GROUP_TITLES[option.group]}:`)];
}

function helpFacts(key: OptionKey, option: SchemaOption<unknown>): string {
  const text = option.codec.placeholder === "" ? "" : defaultTextOf(option);
  return [...(text === "" ? [] : [`default: ${text}`]), `env: ${variableOf(key)}`].join("; ");
}

/** The inputs of the configuration for a command with the flags of `serve`. */
export function readConfigInputs(command: Command, deps: CliDeps): ConfigInputs {
  const { layer, problems } = readServeFlags(command);
  return {
    flags: layer,
    flagProblems: problems,
    env: deps.env,
    readText: (path) => readFile(path, "utf8"),
    onTerminal: deps.isTTY,
  };
}

/** The command line as a layer of the configuration. */
function readServeFlags(command: Command): {
  readonly layer: Layer;
  readonly problems: readonly ConfigProblem[];
} {
  const settings = new Map<OptionKey, Setting>();
  const given: Readonly<Record<string, unknown>> = command.opts();
  for (const key of OPTION_KEYS) {
    if (command.getOptionValueSource(key) !== "cli") continue;
    const value = given[key];
    const texts = Array.isArray(value) ? value.map(String) : [String(value)];
    settings.set(key, { texts, where: value === false ? flagOf(key).replace("--", "--no-") : flagOf(key) });
  }
  return { layer: { origin: "flag", settings }, problems: unknownWords(command) };
}

/** Unknown flags. Words without a flag are reported only if no unknown flag could own them as its value. */
function unknownWords(command: Command): readonly ConfigProblem[] {
  const known = OPTION_KEYS.map(flagOf);
  const flags = command.args.filter((word) => word.startsWith("-"));
  if (flags.length > 0) {
    return flags.map((word) => {
      const [name = word] = word.split("=", 1);
      const problem = known.includes(name)
        ? "takes no value; write it alone"
        : `is not an option of podkey ${command.name()}`;
      return { where: name, problem: `${problem}${known.includes(name) ? "" : didYouMean(name, known)}` };
    });
  }
  return command.args.map((word) => ({
    where: word,
    problem: `does not belong to an option; podkey ${command.name()} takes only flags`,
  }));
}
