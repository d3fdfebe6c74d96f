/**
 * The texts of `podkey config explain FIELD` and `podkey config print`. The latter is a valid configuration file.
 */
import { stringify } from "yaml";
import { formatListen } from "../value/address.ts";
import type { Parsed } from "../value/codec.ts";
import { accepted, refused } from "../value/codec.ts";
import { nearestOf } from "../value/did-you-mean.ts";
import type { Option } from "../value/option.ts";
import { defaultTextOf, flagOf, variableOf } from "../value/option.ts";
import type { OptionKey } from "../schema/schema.ts";
import { GROUP_TITLES, OPTION_KEYS, OPTIONS } from "../schema/schema.ts";
import type { ConsumerConfig, LoadedConfig } from "../schema/sidecar-config.ts";

/** Explains an option by its field name, its flag or its variable. */
export function explainOption(name: string): Parsed<string> {
  const key = OPTION_KEYS.find((candidate) =>
    [candidate, flagOf(candidate), variableOf(candidate)].includes(name),
  );
  if (key === undefined) {
    const nearest = nearestOf(
      name,
      OPTION_KEYS.flatMap((each) => [each, flagOf(each), variableOf(each)]),
    );
    const hint = nearest === undefined ? "podkey serve --help lists all options" : `did you mean ${nearest}?`;
    return refused(`${name} is not a field of the configuration; ${hint}`);
  }
  const option = OPTIONS[key] as Option<unknown>;
  const isSwitch = option.codec.placeholder === "";
  const lines = [
    `${key}: ${option.help}`,
    "",
    `flag:      ${flagOf(key)}${isSwitch ? "" : ` <${option.codec.placeholder}>`}`,
    `variable:  ${variableOf(key)}`,
    ...(key === "config" ? [] : [`file:      ${key}${option.codec.list ? " (one value or a list)" : ""}`]),
    `default:   ${defaultTextOf(option) || "none"}`,
    `group:     ${GROUP_TITLES[option.group]}`,
    ...(option.sources === undefined ? [] : [`only with: --source ${option.sources.join(" or ")}`]),
  ];
  return accepted(`${lines.join("\n")}\n`);
}

/** The options as a configuration file, each with its origin. Without an argument: the defaults. */
export function printOptions(loaded: LoadedConfig | undefined): string {
  const lines = ["apiVersion: config.podkey.dev/v1", "kind: SidecarConfiguration"];
  for (const key of OPTION_KEYS) {
    if (key === "config" || (loaded?.definesConsumers === true && isConsumerField(key))) continue;
    const option = OPTIONS[key] as Option<unknown>;
    const value = loaded === undefined ? option.default : loaded.options[key];
    const origin = loaded?.origins[key] ?? "default";
    lines.push(fieldLine(key, value, origin, (text) => stringify(text).trimEnd()));
  }
  if (loaded?.definesConsumers === true)
    lines.push(stringify({ consumers: loaded.config.consumers.map(consumerDocument) }).trimEnd());
  return `${lines.join("\n")}\n`;
}

/** `key: value # origin`, or a comment with the default if there is no value. */
function fieldLine(
  key: OptionKey,
  value: unknown,
  origin: string,
  quote: (value: unknown) => string,
): string {
  const option = OPTIONS[key] as Option<unknown>;
  const text = option.codec.format(value);
  if (text === "") return `# ${key}: ${defaultTextOf(option) || "not set"}`;
  const shown = typeof value === "number" || typeof value === "boolean" ? plain(text) : quote(text);
  return `${key}: ${shown} # ${origin}`;
}

/** YAML parses an unquoted `0660` as a decimal number, so it gets quotes. */
function plain(text: string): string {
  return /^0\d+$/.test(text) ? JSON.stringify(text) : text;
}

function isConsumerField(key: OptionKey): boolean {
  return key === "listen" || key === "socketMode" || key === "tokenFile";
}

function consumerDocument(consumer: ConsumerConfig): Readonly<Record<string, unknown>> {
  const { name, listen, socketMode, uid, gid, tokenFile, peer, policy } = consumer;
  const allow = policy.rules.map(({ selector, ...rule }) => ({
    ...rule,
    ...(selector !== undefined && { selector: selectorText(selector) }),
  }));
  return {
    name,
    listen: listen.map(formatListen),
    socketMode: `0${socketMode.toString(8)}`,
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
    ...(tokenFile !== undefined && { tokenFile }),
    ...(peer !== undefined && {
      peer: Object.fromEntries(Object.entries(peer).filter(([, id]) => id !== undefined)),
    }),
    allow,
  };
}

type ParsedSelector = NonNullable<ConsumerConfig["policy"]["rules"][number]["selector"]>;

function selectorText({ requirements }: ParsedSelector): string {
  return requirements
    .map((requirement) => {
      switch (requirement.op) {
        case "exists":
          return requirement.label;
        case "absent":
          return `!${requirement.label}`;
        case "in":
        case "notin":
          return `${requirement.label} ${requirement.op} (${[...requirement.values].join(",")})`;
      }
    })
    .join(",");
}
