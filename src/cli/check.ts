/**
 * `podkey check`: takes the flags of `serve`, looks at everything that could keep it from serving, and says how each
 * stands with the remedy. The exit code is that of the first failure.
 */
import type { Command } from "commander";
import type { Finding } from "../app/check/finding.ts";
import { loadConfig } from "../config/load.ts";
import { ConfigError } from "../config/problem-report.ts";
import { VERSION } from "../version.ts";
import type { CliDeps } from "./cli-deps.ts";
import { EXIT } from "./cli-deps.ts";
import { readOutputForm } from "./output/output-form.ts";
import { jsonText } from "./output/print-document.ts";
import { addServeFlags, readConfigInputs } from "./serve-flags.ts";

/** Adds the command. */
export function registerCheckCommand(program: Command, deps: CliDeps): void {
  const command = program
    .command("check")
    .description("say whether serve would work with these flags, and what to mend if not")
    .option("-o, --output <form>", "output form: table or json", "table");
  addServeFlags(command);
  command.action(async () => {
    const form = readOutputForm(command.opts<{ readonly output: string }>().output, ["table", "json"]);
    const findings = await findAll(command, deps);
    const text = form === "json" ? jsonText({ findings: findings.map(documentOf) }) : tableText(findings);
    await deps.stdout.write(text);
    const failed = findings.find(({ level }) => level === "fail");
    if (failed !== undefined) deps.exit(failed.exitCode ?? EXIT.unexpected);
  });
}

async function findAll(command: Command, deps: CliDeps): Promise<readonly Finding[]> {
  const subject = "configuration";
  try {
    const { config, warnings } = await loadConfig(readConfigInputs(command, deps));
    const { checkAll } = await import("../app/check.ts");
    return [
      { subject, level: "ok", text: "can be read." },
      ...warnings.map((text): Finding => ({ subject, level: "warn", text })),
      ...(await checkAll(config, { env: deps.env, version: VERSION })),
    ];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map(({ where, problem }) => ({
      subject,
      level: "fail",
      exitCode: EXIT.usage,
      text: `${where}: ${problem}`,
    }));
  }
}

/** Without the exit code, which is the process's. */
function documentOf({ subject, level, text }: Finding): { readonly [field: string]: string } {
  return { subject, level, text };
}

function tableText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  return findings
    .map(({ subject, level, text }) => `${level.padEnd(4)}  ${subject.padEnd(width)}  ${text}\n`)
    .join("");
}
