/**
 * The `PODKEY_*` variables. An unknown one is a warning, not an error: a Deployment's environment is shared by
 * versions. The variables that Kubernetes makes for a Service called podkey (docker links) mean nothing here.
 */
import { didYouMean } from "../value/did-you-mean.ts";
import type { Layer, Setting } from "./layer.ts";
import { variableOf } from "../value/option.ts";
import type { OptionKey } from "../schema/schema.ts";
import { OPTION_KEYS } from "../schema/schema.ts";

/** Read by the client commands, legal beside `serve`. */
const CLIENT_VARIABLES: ReadonlySet<string> = new Set(["PODKEY_ENDPOINT", "PODKEY_TOKEN_FILE"]);
const SERVICE_LINK = /^PODKEY_([A-Z0-9_]+_)?(SERVICE_HOST|SERVICE_PORT|PORT)(_.*)?$/;

/** The layer of the environment; an empty variable counts as not set. */
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
      warnings.push(`${name} is no option of podkey and is ignored${didYouMean(name, keys.keys())}`);
    }
  }
  return { layer: { origin: "environment", settings }, warnings };
}
