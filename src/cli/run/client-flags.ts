/**
 * The flags that the client commands share, and the connection they lead to. Used by `get`, `list` and `watch`; the
 * words are kubectl's where kubectl has them.
 */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { BadEndpointError, DEFAULT_ENDPOINT, openCredentialClient, RpcFailure } from "../../client/index.ts";
import type { CredentialClient } from "../../client/index.ts";
import { parseDurationMs } from "../../core/time/duration.ts";
import type { CliDeps } from "./cli-deps.ts";
import { CliError, EXIT } from "./cli-deps.ts";
import { clientError } from "./client-error.ts";

/** What every client command can be told. */
export interface ClientFlags {
  readonly endpoint?: string;
  readonly namespace?: string;
  readonly timeout?: string;
  readonly output: string;
  readonly showValues?: true;
  readonly view?: string;
}

/** Adds them; `timeoutHelp` says what the time limits and how long it is without the flag. */
export function addClientFlags(command: Command, outputForms: string, timeoutHelp: string): void {
  command
    .option("-n, --namespace <namespace>", "the namespace; without it the only one served, or all")
    .option("-o, --output <form>", `output form: ${outputForms}`, "table")
    .option("--show-values", "show values (in json and yaml as base64), which are hidden otherwise")
    .option(
      "--view <view>",
      "metadata or full: whether values travel at all (full only where they are shown)",
    )
    .option("--timeout <duration>", timeoutHelp)
    .option("--endpoint <address>", `where podkey listens (PODKEY_ENDPOINT; default ${DEFAULT_ENDPOINT})`);
}

/** Opens the client, runs the command with it, closes it. @throws CliError for all that goes wrong with the call. */
export async function withClient<Result>(
  flags: Pick<ClientFlags, "endpoint">,
  deps: Pick<CliDeps, "env">,
  run: (client: CredentialClient) => Promise<Result>,
): Promise<Result> {
  const endpoint = flags.endpoint ?? nonEmpty(deps.env["PODKEY_ENDPOINT"]) ?? DEFAULT_ENDPOINT;
  const tokenFile = nonEmpty(deps.env["PODKEY_TOKEN_FILE"]);
  let client: CredentialClient | undefined;
  try {
    client = openCredentialClient({
      endpoint,
      ...(tokenFile === undefined ? {} : { token: () => readToken(tokenFile) }),
    });
    return await run(client);
  } catch (error) {
    if (error instanceof BadEndpointError) throw new CliError(error.message, EXIT.usage);
    throw error instanceof RpcFailure ? clientError(error, endpoint) : error;
  } finally {
    client?.close();
  }
}

/** A duration flag in milliseconds. @throws CliError. */
export function readDurationFlag(flag: string, value: string): number {
  const ms = parseDurationMs(value);
  if (ms !== undefined && ms > 0) return ms;
  throw new CliError(
    `${flag} ${value} is no duration above zero; write it like 90s, 5m or 1h30m`,
    EXIT.usage,
  );
}

/** What the server is asked for: values only where they are shown, unless --view says otherwise. @throws CliError. */
export function readView(
  flags: Pick<ClientFlags, "view">,
  needsValues: boolean,
): "VIEW_METADATA" | "VIEW_FULL" {
  if (flags.view === undefined) return needsValues ? "VIEW_FULL" : "VIEW_METADATA";
  if (flags.view === "full") return "VIEW_FULL";
  if (flags.view !== "metadata")
    throw new CliError(`--view ${flags.view} is none; use metadata or full`, EXIT.usage);
  if (needsValues)
    throw new CliError("--view metadata has no values to show; leave one of the two out", EXIT.usage);
  return "VIEW_METADATA";
}

/** Namespace and name of `NAME` or `NAMESPACE/NAME`. @throws CliError where -n says another namespace. */
export function readName(
  word: string,
  namespaceFlag: string | undefined,
): { namespace: string; name: string } {
  const slash = word.indexOf("/");
  if (slash === -1) return { namespace: namespaceFlag ?? "", name: word };
  const namespace = word.slice(0, slash);
  if (namespaceFlag !== undefined && namespaceFlag !== namespace)
    throw new CliError(
      `${word} is not in the namespace ${namespaceFlag} of -n; leave one of the two out`,
      EXIT.usage,
    );
  return { namespace, name: word.slice(slash + 1) };
}

/** A repeatable flag as commander wants it. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

async function readToken(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw new CliError(`PODKEY_TOKEN_FILE names ${path}, which cannot be read (${code})`, EXIT.usage);
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
