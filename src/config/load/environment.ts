/**
 * Reads the `PODKEY_*` variables. An unknown one is a warning and not an error, because several versions can share the
 * environment of a Deployment. Service link variables of a Service named podkey are ignored.
 */
import { didYouMean } from "../value/did-you-mean.ts";
import type { Layer, Setting } from "./layer.ts";
import { variableOf } from "../value/option.ts";
import type { OptionKey } from "../schema/schema.ts";
import { OPTION_KEYS } from "../schema/schema.ts";

/** Variables of the client commands. */
const CLIENT_VARIABLES: ReadonlySet<string> = new Set(["PODKEY_ENDPOINT", "PODKEY_TOKEN_FILE"]);
const SERVICE_LINK = /^PODKEY_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT|PORT)(_.*)?$/;

/** Parses the environment. An empty variable is not set. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): {
  readonly layer: Layer;
  readonly warnings: readonly string[];
} {
  const keys = new Map(OPTION_KEYS.map((key) => [variableOf(key), key]));
  const settings = new Map<OptionKey, Setting>();
  const warnings: string[] = [];
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith("PODKEY_") || text === undefined) continue;
    const key = keys.get(name);
    if (key !== undefined) {
      if (text !== "") settings.set(key, { texts: [text], where: name });
    } else if (!CLIENT_VARIABLES.has(name) && !SERVICE_LINK.test(name)) {
      warnings.push(`${name} is not an option of podkey and is ignored${didYouMean(name, keys.keys())}`);
    }
  }
  return { layer: { origin: "environment", settings }, warnings };
}
