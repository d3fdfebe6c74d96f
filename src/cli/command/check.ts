/**
 * `podkey check`: takes the flags of `serve`, checks everything that could prevent it from serving, and prints a finding
 * with the remedy for each. The exit code is that of the first failure.
 */
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import type { PodQuestion } from "../../app/check/check.ts";
import type { Finding } from "../../app/check/finding.ts";
import { loadConfig } from "../../config/load/load.ts";
import { ConfigError } from "../../config/load/problem-report.ts";
import { VERSION } from "../../version.ts";
import type { CliDeps } from "../run/cli-deps.ts";
import { addExamples } from "../run/add-examples.ts";
import { CliError, EXIT } from "../run/cli-deps.ts";
import { readOutputForm } from "../output/output-form.ts";
import { jsonText } from "../show/print-document.ts";
import { addServeFlags, readConfigInputs } from "../run/serve-flags.ts";

/** Adds the command. */
export function registerCheckCommand(program: Command, deps: CliDeps): void {
  const command = program
    .command("check")
    .description("check whether serve would work with these flags, and print what to fix")
    .option("-o, --output <form>", "output form: table or json", "table")
    .option("--pod <name>", "check this pod of the cluster instead: which containers hold podkey's token")
    .option("-f, --filename <manifest>", "check the pods of this manifest instead (- is stdin)");
  addServeFlags(command);
  addExamples(command, [
    ["check what serve would do with the same flags", "check --namespace shop"],
    ["check which containers of a running pod hold podkey's token", "check --pod web-0 --namespace shop"],
    ["check the pods of a manifest", "check -f pod.yaml"],
  ]);
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
    const { checkAll, checkPods } = await import("../../app/check/check.ts");
    const host = { env: deps.env, version: VERSION };
    const question = await readQuestion(command);
    if (question !== undefined) return await checkPods(config, host, question);
    return [
      { subject, level: "ok", text: "can be read." },
      ...warnings.map((text): Finding => ({ subject, level: "warn", text })),
      ...(await checkAll(config, host)),
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

/** The pod that `--pod` or `-f` name; undefined without either. @throws CliError for a file that cannot be read. */
async function readQuestion(command: Command): Promise<PodQuestion | undefined> {
  const { pod, filename } = command.opts<{ readonly pod?: string; readonly filename?: string }>();
  if (pod !== undefined && filename !== undefined)
    throw new CliError("--pod and -f cannot be combined; run podkey check once with each", EXIT.usage);
  if (pod !== undefined) return { kind: "name", name: pod };
  if (filename === undefined) return undefined;
  try {
    const text = await readFile(filename === "-" ? "/dev/stdin" : filename, "utf8");
    return { kind: "manifest", text, from: filename === "-" ? "stdin" : filename };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unreadable";
    throw new CliError(
      `the manifest ${filename} cannot be read (${code}); name a file, or - for stdin`,
      EXIT.usage,
    );
  }
}

/** The finding without its exit code, which only the process uses. */
function documentOf({ subject, level, text }: Finding): { readonly [field: string]: string } {
  return { subject, level, text };
}

function tableText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ subject }) => subject.length));
  return findings
    .map(({ subject, level, text }) => `${level.padEnd(4)}  ${subject.padEnd(width)}  ${text}\n`)
    .join("");
}
