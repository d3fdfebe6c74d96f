/** What a program did with a kubeconfig: the request that arrived, or its refusal. Without values that differ in each run. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeconfigLab } from "./kubeconfig-lab.ts";
import type { RecordedRequest } from "./recording-server.ts";

/** See the file comment. */
export interface Outcome {
  /** Every request that arrived at a server. */
  readonly requests: readonly RecordedRequest[];
  /** What the exec plugin got, if it ran. */
  readonly plugin?: unknown;
  /** The error, if it printed one. */
  readonly refused?: string;
}

/** Collects the outcome after a run. @param refused the error that the program printed; undefined if it had none. */
export function takeOutcome(lab: KubeconfigLab, folder: string, refused: string | undefined): Outcome {
  const requests = lab.takeRequests();
  const recorded = join(folder, "plugin.json");
  const plugin: unknown = existsSync(recorded)
    ? JSON.parse(lab.normalize(readFileSync(recorded, "utf8"), folder))
    : undefined;
  return {
    requests,
    ...(plugin !== undefined && { plugin: withoutCa(plugin) }),
    ...(refused !== undefined && { refused: withoutBytes(lab.normalize(refused, folder)) }),
  };
}

/** The CA differs in each run. */
function withoutCa(plugin: unknown): unknown {
  return JSON.parse(
    JSON.stringify(plugin, (key, value: unknown) =>
      key === "certificate-authority-data" ? "CA of A" : value,
    ),
  );
}

/** kubectl prints the bytes of a certificate in one of its errors. */
function withoutBytes(text: string): string {
  return text.replaceAll(/\[\d+(?: \d+)+\]/g, "[BYTES]");
}
