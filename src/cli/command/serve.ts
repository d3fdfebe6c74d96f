/**
 * `podkey serve`: reads the configuration, builds the app and runs it until it is asked to stop. Loads the app only after
 * the configuration is valid.
 */
import type { Command } from "commander";
import { loadConfig } from "../../config/load/load.ts";
import type { ConfigInputs } from "../../config/load/load.ts";
import { ConfigError } from "../../config/load/problem-report.ts";
import type { AppHost } from "../../app/process/host.ts";
import type { CliDeps } from "../run/cli-deps.ts";
import { addExamples } from "../run/add-examples.ts";
import { CliError } from "../run/cli-deps.ts";
import { addServeFlags, readConfigInputs } from "../run/serve-flags.ts";

/** What `serve` needs of the process, beyond the dependencies of every command. */
export interface ServeDeps extends CliDeps {
  readonly host: AppHost;
}

/** Adds the command. */
export function registerServeCommand(program: Command, deps: ServeDeps): void {
  const command = program.command("serve").description("serve credentials over gRPC until SIGTERM");
  addServeFlags(command);
  addExamples(command, [
    ["serve the labelled Secrets of this pod's namespace", "serve"],
    ["serve Secrets by name, with RBAC for these names only", "serve --names db-main,web-tls"],
    [
      "on a laptop, serve the namespace shop of the current context",
      "serve --namespace shop --listen unix:./podkey.sock",
    ],
    [
      "without a cluster, serve a folder of manifests",
      "serve --source manifests --manifests ./secrets --listen unix:./podkey.sock",
    ],
  ]);
  command.action(async () => {
    try {
      await serve(readConfigInputs(command, deps), deps);
    } catch (error) {
      if (error instanceof CliError || error instanceof ConfigError) await reportEnd(error, deps.host);
      throw error;
    }
  });
}

async function serve(inputs: ConfigInputs, deps: ServeDeps): Promise<void> {
  const loaded = await loadConfig(inputs);
  const { createApp, StartError } = await import("../../app/app.ts");
  try {
    const app = await createApp(loaded, { ...deps.host, reload: () => loadConfig(inputs) });
    deps.exit(await app.run(deps.signal));
  } catch (error) {
    throw error instanceof StartError ? new CliError(error.message, error.exitCode) : error;
  }
}

/** `kubectl describe pod` prints this message beside the exit code of a container that does not start. */
async function reportEnd({ message }: Error, { terminationLog }: AppHost): Promise<void> {
  const { writeTerminationLog } = await import("../../app/process/termination-log.ts");
  writeTerminationLog(terminationLog, `podkey: ${message}`);
}
