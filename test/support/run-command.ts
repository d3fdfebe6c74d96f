/**
 * Runs a program to its end and returns its output. If it fails, the error contains what it printed. The e2e tier runs kubectl, buildah, ctr
 * and ip with it.
 */
import { spawn } from "node:child_process";

/** Runs it; resolves with stdout. @throws Error with the command and what it printed. */
export function runCommand(
  command: string,
  args: readonly string[],
  env?: NodeJS.ProcessEnv,
  cwd?: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
      cwd,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.once("error", reject).once("close", (code) => {
      if (code === 0) resolve(stdout);
      else
        reject(
          new Error(
            `${command} ${args.join(" ")} ended with ${String(code)}:\n${(stderr + stdout).slice(-4_000)}`,
          ),
        );
    });
  });
}

/** Like `runCommand`, but ignores a failure: for teardown. */
export async function tryCommand(command: string, args: readonly string[]): Promise<string> {
  return runCommand(command, args).catch(() => "");
}
