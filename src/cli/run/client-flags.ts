/**
 * The flags that `get`, `list` and `watch` share, and the connection that they describe. Names are kubectl's where kubectl
 * has the flag.
 */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { BadEndpointError, DEFAULT_ENDPOINT, openCredentialClient, RpcFailure } from "../../client/index.ts";
import type { CredentialClient } from "../../client/index.ts";
import { parseDurationMs } from "../../core/time/duration.ts";
import type { CliDeps } from "./cli-deps.ts";
import { CliError, EXIT } from "./cli-deps.ts";
import { clientError } from "./client-error.ts";

/** The flags of every client command. */
export interface ClientFlags {
  readonly endpoint?: string;
  readonly namespace?: string;
  readonly timeout?: string;
  readonly output: string;
  readonly showValues?: true;
  readonly view?: string;
}

/** Adds them; `timeoutHelp` is the help of --timeout, which differs between the commands. */
export function addClientFlags(command: Command, outputForms: string, timeoutHelp: string): void {
  command
    .option("-n, --namespace <namespace>", "the namespace (default: the only one served, or all)")
    .option("-o, --output <form>", `output form: ${outputForms}`, "table")
    .option("--show-values", "print values (base64 in json and yaml); without it they are hidden")
    .option(
      "--view <view>",
      "metadata or full: whether podkey sends values (default: full only if they are printed)",
    )
    .option("--timeout <duration>", timeoutHelp)
    .option("--endpoint <address>", `where podkey listens (PODKEY_ENDPOINT; default ${DEFAULT_ENDPOINT})`);
}

/** Opens a client, runs the command with it and closes it. @throws CliError for a bad endpoint or a failed call. */
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
    `${flag} ${value} is not a duration above zero; write it like 90s, 5m or 1h30m`,
    EXIT.usage,
  );
}

/** `--max-age` as the wire sends it; null without the flag. @throws CliError. */
export function readMaxAge({
  maxAge,
}: {
  readonly maxAge?: string;
}): { seconds: string; nanos: number } | null {
  if (maxAge === undefined) return null;
  const ms = readDurationFlag("--max-age", maxAge);
  return { seconds: String(Math.floor(ms / 1000)), nanos: Math.round((ms % 1000) * 1e6) };
}

/** The view to request: values only if they are printed, unless --view is given. @throws CliError. */
export function readView(
  flags: Pick<ClientFlags, "view">,
  needsValues: boolean,
): "VIEW_METADATA" | "VIEW_FULL" {
  if (flags.view === undefined) return needsValues ? "VIEW_FULL" : "VIEW_METADATA";
  if (flags.view === "full") return "VIEW_FULL";
  if (flags.view !== "metadata")
    throw new CliError(`--view ${flags.view} is not a view; use metadata or full`, EXIT.usage);
  if (needsValues)
    throw new CliError("--view metadata cannot be combined with an output of values; remove one", EXIT.usage);
  return "VIEW_METADATA";
}

/** Namespace and name of `NAME` or `NAMESPACE/NAME`. @throws CliError if -n names another namespace. */
export function readName(
  word: string,
  namespaceFlag: string | undefined,
): { namespace: string; name: string } {
  const slash = word.indexOf("/");
  if (slash === -1) return { namespace: namespaceFlag ?? "", name: word };
  const namespace = word.slice(0, slash);
  if (namespaceFlag !== undefined && namespaceFlag !== namespace)
    throw new CliError(
      `${word} is not in namespace ${namespaceFlag} of -n; remove one of the two`,
      EXIT.usage,
    );
  return { namespace, name: word.slice(slash + 1) };
}

/** Collects a repeatable flag into a list, as commander's argument parser. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

async function readToken(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw new CliError(
      `the token file ${path} cannot be read (${code}); check PODKEY_TOKEN_FILE`,
      EXIT.usage,
    );
  }
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}
