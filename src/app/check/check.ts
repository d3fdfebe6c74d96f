/**
 * Everything that `podkey check` looks at once the configuration is right, in the order in which `serve` would meet it.
 * Serves nothing; asks the source as `serve` would.
 */
import type { SidecarConfig } from "../../config/schema/sidecar-config.ts";
import { checkContent } from "./check-content.ts";
import { checkListeners } from "./check-listeners.ts";
import { checkPolicies } from "./check-policy.ts";
import { findNearMisses, listUnselected } from "./find-near-misses.ts";
import type { Finding } from "./finding.ts";
import type { ApiQuestionDeps } from "./with-api-client.ts";
import { openSource } from "../open/open-source.ts";
import { sourceStartError, StartError } from "../process/start-error.ts";
import { systemClock, systemTimers } from "../process/system-clock.ts";
import { createMetricsRegistry } from "../../observe/metrics-registry.ts";

/** What it may know of the process. */
export interface CheckHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
}

/** All findings. */
export async function checkAll(config: SidecarConfig, host: CheckHost): Promise<readonly Finding[]> {
  const deps = questionDeps(config, host);
  const listeners = await checkListeners(config.consumers);
  const policies = checkPolicies(config.consumers);
  return [...listeners, ...policies, ...(await checkSource(deps))];
}

async function checkSource(
  deps: Omit<Parameters<typeof openSource>[0], "instruments" | "held">,
): Promise<readonly Finding[]> {
  try {
    const permissions =
      deps.config.source === "kubernetes"
        ? await (await import("./check-permissions.ts")).checkPermissions(deps)
        : [];
    // A source that may not be read has nothing more to say.
    if (permissions.some(({ level }) => level === "fail")) return permissions;
    const { instruments } = createMetricsRegistry({ processMetrics: false });
    const opening = { ...deps, instruments, held: () => new Map() };
    const { source } = await openSource(opening);
    const beside = { nearly: () => findNearMisses(opening), all: () => listUnselected(opening) };
    return [...permissions, ...(await checkContent(source, deps.config, beside))];
  } catch (error) {
    return [startFinding(error)];
  }
}

/** A pod in place of everything else: the one of this name in the cluster, or those of a manifest. */
export type PodQuestion =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "manifest"; readonly text: string; readonly from: string };

/** Findings about a pod, as the API server or a manifest has it. */
export async function checkPods(
  config: SidecarConfig,
  host: CheckHost,
  question: PodQuestion,
): Promise<readonly Finding[]> {
  if (question.kind === "manifest") {
    const { checkPodManifest } = await import("./check-pod-manifest.ts");
    return checkPodManifest(question.text, question.from);
  }
  try {
    const { checkLivePod } = await import("./check-live-pod.ts");
    return await checkLivePod(questionDeps(config, host), question.name);
  } catch (error) {
    return [startFinding(error)];
  }
}

function questionDeps(config: SidecarConfig, host: CheckHost): ApiQuestionDeps {
  // What the log would say is what the findings say.
  return { ...host, config, clock: systemClock, timers: systemTimers, log: () => undefined };
}

function startFinding(error: unknown): Finding {
  const known = sourceStartError(error);
  if (!(known instanceof StartError)) throw error;
  return { subject: "source", level: "fail", exitCode: known.exitCode, text: known.message };
}
