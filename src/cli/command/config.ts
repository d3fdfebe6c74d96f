/**
 * `podkey config print|schema|explain`: the effective configuration with the origin of each field, the JSON Schema of the
 * file, and the meaning of one field. Reads the configuration as `serve` does and starts nothing.
 */
import type { Command } from "commander";
import { explainOption, printOptions } from "../../config/explain/explain.ts";
import { loadConfig } from "../../config/load/load.ts";
import { addExamples } from "../run/add-examples.ts";
import type { CliDeps } from "../run/cli-deps.ts";
import { CliError, EXIT } from "../run/cli-deps.ts";
import { addServeFlags, readConfigInputs } from "../run/serve-flags.ts";

/** Adds the three commands. */
export function registerConfigCommand(program: Command, deps: CliDeps): void {
  const config = program.command("config").description("show, describe and check the configuration of serve");
  addExamples(config, [
    ["print the configuration that serve would use", "config print --namespace shop"],
    ["print the meaning of a field", "config explain maxStale"],
  ]);
  registerPrint(config, deps);
  const schema = config.command("schema").description("print the JSON Schema of the configuration file");
  addExamples(schema, [["write the schema to a file for an editor", "config schema > podkey.schema.json"]]);
  schema.action(async () => {
    const { fileJsonSchema } = await import("../../config/explain/json-schema.ts");
    await deps.stdout.write(`${JSON.stringify(fileJsonSchema(), undefined, 2)}\n`);
  });
  const explain = config
    .command("explain <field>")
    .allowUnknownOption()
    .description("explain a field, flag or variable");
  addExamples(explain, [
    ["explain a field of the file", "config explain maxStale"],
    ["explain a flag", "config explain --max-stale"],
    ["explain a field of a consumer", "config explain consumers.allow.names"],
  ]);
  explain.action(async (field: string) => {
    const consumers = await import("../../config/explain/explain-consumers.ts");
    const text = consumers.isConsumerPath(field)
      ? consumers.explainConsumerField(field)
      : explainOption(field);
    if (!text.ok) throw new CliError(text.problem, EXIT.usage);
    await deps.stdout.write(text.value);
  });
}

function registerPrint(config: Command, deps: CliDeps): void {
  const print = config
    .command("print")
    .description("print the configuration as a file, with the source of each field; takes the flags of serve")
    .option("--effective", "defaults, file, environment and flags merged (the default)")
    .option("--defaults", "only the defaults");
  addExamples(print, [
    ["print the configuration of a file and the environment", "config print --config podkey.yaml"],
    ["print all defaults", "config print --defaults"],
  ]);
  addServeFlags(print);
  print.action(async () => {
    const onlyDefaults = print.opts<{ readonly defaults?: true }>().defaults === true;
    const loaded = onlyDefaults ? undefined : await loadConfig(readConfigInputs(print, deps));
    await deps.stdout.write(printOptions(loaded));
    for (const warning of loaded?.warnings ?? []) await deps.stderr.write(`podkey: ${warning}\n`);
  });
}
