/**
 * `podkey watch`: changes as they happen. Four outputs: a live view on a terminal, lines elsewhere, a file that holds the
 * newest value (--write), a command that runs after each change (--exec).
 */
import type { Command } from "commander";
import { systemTimers } from "../../app/process/system-clock.ts";
import type { CredentialClient, WatchRequest, WatchUpdate } from "../../client/index.ts";
import { DEFAULT_ENDPOINT, followCredentials } from "../../client/index.ts";
import type { CliDeps } from "../run/cli-deps.ts";
import { addExamples } from "../run/add-examples.ts";
import { CliError, EXIT } from "../run/cli-deps.ts";
import type { ClientFlags } from "../run/client-flags.ts";
import {
  addClientFlags,
  collect,
  readDurationFlag,
  readName,
  readView,
  withClient,
} from "../run/client-flags.ts";
import { explainFailure } from "../run/client-error.ts";
import { createCommandRunner } from "../deliver/command-runner.ts";
import { readOutputForm } from "../output/output-form.ts";
import { NO_MEMORY, watchEvents } from "../show/watch-events.ts";
import type { LineOptions } from "../show/watch-lines.ts";
import { watchText } from "../show/watch-lines.ts";
import { splitWords } from "../deliver/split-words.ts";
import { startCommand } from "../deliver/start-command.ts";
import type { Target } from "../deliver/deliver-values.ts";
import { deliverValues } from "../deliver/deliver-values.ts";

interface WatchFlags extends ClientFlags {
  readonly selector?: string;
  readonly type?: readonly string[];
  readonly key?: readonly string[];
  readonly write?: readonly string[];
  readonly exec?: string;
  readonly failFast?: true;
}

type Form = LineOptions["form"];

/** What the action works with. */
interface WatchPlan {
  readonly flags: WatchFlags;
  readonly form: Form;
  readonly request: WatchRequest;
  readonly execWords: readonly string[] | undefined;
  /** Files to keep; empty: none. */
  readonly targets: readonly Target[];
}

/** Adds the command. */
export function registerWatchCommand(program: Command, deps: CliDeps): void {
  const command = program
    .command("watch")
    .description("print changes as they happen, or keep a file up to date and run a command")
    .argument("[names...]", "only these credentials")
    .option("-l, --selector <selector>", "only credentials whose labels match: a=b,c!=d,e in (f,g),h,!i")
    .option("--type <type>", "only this Secret type (repeat for more)", collect)
    .option(
      "--key <key>",
      "the key that --write writes (repeat for more files; the first --key belongs to the first --write)",
      collect,
    )
    .option(
      "--write <file>",
      "keep the newest value of --key in this file: replaced atomically, mode 0600, removed with the credential",
      collect,
    )
    .option(
      "--exec <command>",
      "run this command after each write (or change), without a shell; it never gets the value",
    )
    .option(
      "--fail-fast",
      "exit at the first file that cannot be written or command that fails, instead of retrying",
    );
  addClientFlags(
    command,
    "table (live on a terminal), json, yaml or name",
    "end after this long (default: never)",
  );
  addExamples(command, [
    ["watch all credentials", "watch"],
    ["keep a password in a file", "watch db-main --key password --write /run/secrets/password"],
    [
      "keep a certificate and its key in files, and reload nginx after each change",
      "watch web-tls --key tls.crt --write tls.crt --key tls.key --write tls.key --exec 'nginx -s reload'",
    ],
  ]);
  command.action(async (names: readonly string[]) => {
    const plan = readPlan(names, command.opts<WatchFlags>());
    await withClient(plan.flags, deps, (client) => watch(client, plan, deps));
  });
}

/** Reads and checks the whole command line before anything is connected. @throws CliError. */
function readPlan(names: readonly string[], flags: WatchFlags): WatchPlan {
  const form = readOutputForm(flags.output, ["table", "json", "yaml", "name"]);
  const targets = readTargets(names, flags);
  if (flags.showValues === true && form !== "json" && form !== "yaml")
    throw new CliError("--show-values needs -o json or -o yaml here", EXIT.usage);
  const [first] = names;
  const only = names.length === 1 && first !== undefined ? readName(first, flags.namespace) : undefined;
  const request = {
    namespace: only?.namespace ?? flags.namespace ?? "",
    names: only === undefined ? [...names] : [only.name],
    labelSelector: flags.selector ?? "",
    types: [...(flags.type ?? [])],
    view: readView(flags, flags.showValues === true || targets.length > 0),
  };
  if (flags.failFast === true && targets.length === 0 && flags.exec === undefined)
    throw new CliError("--fail-fast has no effect without --write or --exec; remove it", EXIT.usage);
  const execWords = flags.exec === undefined ? undefined : splitWords(flags.exec);
  return { flags, form, request, execWords, targets };
}

/** Pairs the first --key with the first --write, and so on. @throws CliError. */
function readTargets(
  names: readonly string[],
  { key: keys = [], write: paths = [] }: WatchFlags,
): readonly Target[] {
  if (paths.length > 0 && (names.length !== 1 || keys.length === 0))
    throw new CliError("--write keeps one value in a file; give one NAME and --key", EXIT.usage);
  if (paths.length === 0 && keys.length > 0)
    throw new CliError("--key has no effect without --write; add --write FILE, or remove --key", EXIT.usage);
  if (paths.length !== keys.length)
    throw new CliError(
      `there are ${keys.length} --key and ${paths.length} --write; give each key its own file`,
      EXIT.usage,
    );
  if (new Set(paths).size < paths.length)
    throw new CliError("two --write name the same file; give each key its own", EXIT.usage);
  return keys.map((key, index) => ({ key, path: paths[index] ?? "" }));
}

async function watch(client: CredentialClient, plan: WatchPlan, deps: CliDeps): Promise<void> {
  const { flags, request, execWords, targets } = plan;
  const endpoint = flags.endpoint ?? deps.env["PODKEY_ENDPOINT"] ?? DEFAULT_ENDPOINT;
  const explain = (update: WatchUpdate & { readonly kind: "interrupted" }): string =>
    explainFailure(update.failure, endpoint).sentence;
  // A file or a command waits for podkey; a person gets the error immediately.
  const isUnattended = targets.length > 0 || execWords !== undefined;
  const ending = new AbortController();
  const failures: CliError[] = [];
  const signal = AbortSignal.any([until(flags, deps), ending.signal]);
  const updates = followCredentials(client, request, { signal, failFast: !isUnattended });
  const failFast = flags.failFast === true;
  const runner =
    execWords === undefined
      ? undefined
      : createCommandRunner(execWords, {
          stderr: deps.stderr,
          timers: systemTimers,
          start: (command) => startCommand(command, deps.env),
          onFailure: (sentence) => {
            if (!failFast) return;
            failures.push(new CliError(sentence, EXIT.unexpected));
            ending.abort();
          },
        });
  try {
    if (targets.length > 0)
      await deliverValues(updates, {
        ...{ targets, runner, explain, failFast },
        stderr: deps.stderr,
        timers: systemTimers,
      });
    else if (deps.isTTY && plan.form === "table" && runner === undefined) {
      const { watchLive } = await import("../show/watch-live.ts");
      await watchLive(updates, explain, deps);
    } else await printLines(updates, plan, { deps, explain, onChange: () => runner?.request() });
  } finally {
    ending.abort();
    await runner?.stop();
  }
  const [failure] = failures;
  if (failure !== undefined) throw failure;
}

interface LineDeps {
  readonly deps: CliDeps;
  readonly explain: (update: WatchUpdate & { readonly kind: "interrupted" }) => string;
  readonly onChange: () => void;
}

async function printLines(
  updates: AsyncIterable<WatchUpdate>,
  { form, flags }: WatchPlan,
  { deps, explain, onChange }: LineDeps,
): Promise<void> {
  let memory = NO_MEMORY;
  let isFirst = true;
  for await (const update of updates) {
    const step = watchEvents(memory, update, explain);
    memory = step.memory;
    for (const event of step.events) {
      const showValues = flags.showValues === true;
      const text = await watchText(event, { form, showValues, nowMs: Date.now() });
      await writeLine(text, flags, deps);
    }
    const isChange = step.events.some(
      ({ kind }) => kind === "ADDED" || kind === "MODIFIED" || kind === "DELETED",
    );
    // The first state is not a change; a command that needs it can be run before.
    if (isChange && !isFirst) onChange();
    if (update.kind === "synced") isFirst = false;
  }
}

/** With --exec a full disk costs the lines, not the command. @throws CliError without --exec or with --fail-fast. */
async function writeLine(
  text: string,
  { exec, failFast }: WatchFlags,
  { stdout, stderr }: CliDeps,
): Promise<void> {
  try {
    await stdout.write(text);
  } catch (error) {
    if (exec === undefined || failFast === true || !(error instanceof CliError)) throw error;
    await stderr.write(`podkey: ${error.message}\n`);
  }
}

function until({ timeout }: WatchFlags, { signal }: CliDeps): AbortSignal {
  if (timeout === undefined) return signal;
  return AbortSignal.any([signal, AbortSignal.timeout(readDurationFlag("--timeout", timeout))]);
}
