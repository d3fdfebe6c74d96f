/**
 * All commands, and how a mistake on the command line is reported. Loads only the command that is run, so that a running
 * sidecar does not hold the code of the others.
 */
import type { OutputConfiguration } from "commander";
import { Command, CommanderError } from "commander";
import type { CliDeps } from "./run/cli-deps.ts";
import { CliError, EXIT } from "./run/cli-deps.ts";
import { addExamples } from "./run/add-examples.ts";
import { versionText } from "./command/version.ts";
import type { ServeDeps } from "./command/serve.ts";

type Register = (program: Command, deps: ServeDeps) => void;

/** Command to its module, in the order of `podkey --help`. */
const COMMANDS: Readonly<Record<string, () => Promise<Register>>> = {
  serve: async () => (await import("./command/serve.ts")).registerServeCommand,
  get: async () => (await import("./command/get.ts")).registerGetCommand,
  list: async () => (await import("./command/list.ts")).registerListCommand,
  watch: async () => (await import("./command/watch.ts")).registerWatchCommand,
  check: async () => (await import("./command/check.ts")).registerCheckCommand,
  healthcheck: async () => (await import("./command/healthcheck.ts")).registerHealthcheckCommand,
  config: async () => (await import("./command/config.ts")).registerConfigCommand,
  completion: async () => (await import("./command/completion.ts")).registerCompletionCommand,
  version: async () => (await import("./command/version.ts")).registerVersionCommand,
};

/** Runs one command line. @throws CliError and ConfigError for a user's mistake; anything else is a bug. */
export async function runProgram(argv: readonly string[], deps: ServeDeps): Promise<void> {
  const help: string[] = [];
  const words = withoutHelpCommand(argv);
  const program = await buildProgram(words, deps, help);
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // --help and --version end this way too.
    if (error.exitCode !== 0) throw usageError(error);
  }
  if (help.length > 0) await deps.stdout.write(help.join(""));
}

/** `help get` as `get --help`. An unknown command stays alone, so that the error names it. */
function withoutHelpCommand(argv: readonly string[]): readonly string[] {
  const [first, ...topic] = argv;
  if (first !== "help") return argv;
  const [command] = topic;
  if (command === undefined || command === first) return ["--help"];
  return Object.hasOwn(COMMANDS, command) ? [...topic, "--help"] : [command];
}

/** The program with the commands that this command line needs: one, or all for the help and for completion. */
async function buildProgram(argv: readonly string[], deps: ServeDeps, help: string[]): Promise<Command> {
  const program = new Command(deps.programName)
    .description(
      "Live credentials for the containers of a pod: Kubernetes Secrets over gRPC, from a sidecar.",
    )
    .version(versionText(), "--version", "print the version")
    .helpCommand("help [command]", "print the help of a command")
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput(outputOf(deps, help));
  addExamples(program, [
    [
      "serve the Secrets of a folder",
      "serve --source manifests --manifests ./secrets --listen unix:./podkey.sock",
    ],
    ["list what is served there", "list --endpoint unix:./podkey.sock"],
  ]);
  const wanted = argv.find((word) => Object.hasOwn(COMMANDS, word));
  for (const [name, load] of Object.entries(COMMANDS)) {
    if (wanted === undefined || wanted === "completion" || wanted === name) (await load())(program, deps);
  }
  return program;
}

/** `help` collects the text of --help, which is written at the end, when a failed write can be reported. */
function outputOf(deps: CliDeps, help: string[]): OutputConfiguration {
  return {
    writeOut: (text) => void help.push(text),
    // main.ts prints mistakes; only the help that follows one is written here.
    writeErr: (text) => void (text.startsWith("error:") || deps.stderr.write(text)),
    getOutHelpWidth: () => deps.columns() ?? 100,
    getErrHelpWidth: () => deps.columns() ?? 100,
  };
}

/** commander's sentence, with a pointer to the help. */
function usageError(error: CommanderError): CliError {
  if (error.code === "commander.help")
    return new CliError("no command was given; see podkey --help", EXIT.usage);
  const sentence = error.message.replace(/^error: /, "").replaceAll("\n", " ");
  return new CliError(`${sentence}; see podkey --help`, EXIT.usage);
}
