/**
 * Loads flags, environment and file into one frozen `SidecarConfig`. Called by `serve`, `check` and `config print`, and again
 * at each reload. A ConfigError contains all problems.
 */
import { consumerProblems, defaultConsumer, servesSeveralNamespaces } from "../schema/consumers.ts";
import { crossChecks } from "./cross-checks.ts";
import { readEnvironment } from "./environment.ts";
import type { FileContent } from "./file.ts";
import type { Layer } from "./layer.ts";
import { mergeLayers } from "./merge.ts";
import type { ConfigProblem } from "./problem-report.ts";
import { ConfigError } from "./problem-report.ts";
import { resolveConfig } from "./resolve.ts";
import type { LoadedConfig } from "../schema/sidecar-config.ts";

/** The inputs of a configuration. */
export interface ConfigInputs {
  readonly flags: Layer;
  /** Problems of the command line that were found earlier: unknown flags. */
  readonly flagProblems: readonly ConfigProblem[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Reads a file as text. @throws with `code`, as node:fs does. */
  readonly readText: (path: string) => Promise<string>;
  /** Whether standard output is a terminal, for the default of `--log-format`. */
  readonly onTerminal: boolean;
}

/** @throws ConfigError with all problems of all layers. */
export async function loadConfig(inputs: ConfigInputs): Promise<LoadedConfig> {
  const environment = readEnvironment(inputs.env);
  const layers = [inputs.flags, environment.layer];
  const path = mergeLayers(layers).values.config;
  const { content, problems: fileProblems } = await openFile(inputs, path);
  const merged = mergeLayers(content === undefined ? layers : [...layers, content.layer]);
  const consumers = content?.consumers;
  const problems = [
    ...inputs.flagProblems,
    ...merged.problems,
    ...fileProblems,
    ...crossChecks({ values: merged.values, winners: merged.winners, hasConsumers: consumers !== undefined }),
  ];
  const several = servesSeveralNamespaces(merged.values);
  for (const { path: at, problem } of consumerProblems(consumers ?? [], several)) {
    problems.push({ where: content?.where(at) ?? "", problem });
  }
  if (problems.length > 0) throw new ConfigError(problems);
  const config = resolveConfig({
    values: merged.values,
    consumers: consumers ?? [defaultConsumer(merged.values)],
    onTerminal: inputs.onTerminal,
    inPod: (inputs.env["KUBERNETES_SERVICE_HOST"] ?? "") !== "",
  });
  return {
    config,
    definesConsumers: consumers !== undefined,
    options: merged.values,
    origins: merged.origins,
    warnings: environment.warnings,
  };
}

async function openFile(
  inputs: ConfigInputs,
  path: string | undefined,
): Promise<{ readonly content: FileContent | undefined; readonly problems: readonly ConfigProblem[] }> {
  if (path === undefined) return { content: undefined, problems: [] };
  let text: string;
  try {
    text = await inputs.readText(path);
  } catch (error) {
    return { content: undefined, problems: [{ where: path, problem: readFailure(error) }] };
  }
  const { readFileContent } = await import("./file.ts");
  const content = readFileContent(text, path);
  return { content, problems: content.problems };
}

function readFailure(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOENT":
      return "does not exist; check --config (or PODKEY_CONFIG) and the mount";
    case "EACCES":
      return "is not readable for this user; check the mode and owner of the file";
    case "EISDIR":
      return "is a folder; name a file";
    default:
      return `cannot be read (${typeof code === "string" ? code : "unknown error"})`;
  }
}
