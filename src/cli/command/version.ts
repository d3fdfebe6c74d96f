/**
 * `podkey version`: the versions of podkey and Node, for a person and for a bug report.
 */
import type { Command } from "commander";
import { REVISION, VERSION } from "../../version.ts";
import { addExamples } from "../run/add-examples.ts";
import type { CliDeps } from "../run/cli-deps.ts";
import { readOutputForm } from "../output/output-form.ts";
import { jsonText, yamlText } from "../show/print-document.ts";

/** One line with the versions. */
export function versionText(): string {
  return `podkey ${VERSION} (commit ${REVISION}, Node ${process.version})`;
}

/** Adds the command. */
export function registerVersionCommand(program: Command, deps: CliDeps): void {
  const command = program
    .command("version")
    .description("print the version of podkey")
    .option("-o, --output <form>", "output form: table, json or yaml", "table");
  addExamples(command, [["print the version as JSON", "version -o json"]]);
  command.action(async () => {
    const form = readOutputForm(command.opts<{ output: string }>().output, ["table", "json", "yaml"]);
    const document = { version: VERSION, revision: REVISION, node: process.version };
    if (form === "json") await deps.stdout.write(jsonText(document));
    else if (form === "yaml") await deps.stdout.write(await yamlText(document));
    else await deps.stdout.write(`${versionText()}\n`);
  });
}
