/** Plays a row against the real kubectl. */
import { spawn } from "node:child_process";
import type { KubeconfigCase } from "./kubeconfig-case.ts";
import type { KubeconfigLab } from "./kubeconfig-lab.ts";
import type { Outcome } from "./outcome.ts";
import { takeOutcome } from "./outcome.ts";

/** @param kubectl path of the binary. */
export async function playKubectl(
  lab: KubeconfigLab,
  row: KubeconfigCase,
  kubectl: string,
): Promise<Outcome> {
  const folder = lab.write(row.files(lab.facts));
  const place = (text: string): string => text.replaceAll("FOLDER", folder);
  const args = [
    "get",
    "--raw",
    "/version",
    "--request-timeout=10s",
    ...(row.kubeconfig === undefined ? [] : ["--kubeconfig", place(row.kubeconfig)]),
    ...(row.context === undefined ? [] : ["--context", row.context]),
  ];
  const env = row.env ?? { KUBECONFIG: "FOLDER/config" };
  const placed = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, place(value)]));
  const stderr = await run(kubectl, args, { PATH: process.env["PATH"], HOME: folder, ...placed });
  return takeOutcome(lab, folder, stderr === "" ? undefined : stderr);
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { env, cwd: "/", stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.once("error", reject).once("close", () => {
      resolve(stderr.trim());
    });
  });
}
