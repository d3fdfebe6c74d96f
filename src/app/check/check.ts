/**
 * The checks of `podkey check` after the configuration is loaded, in the order in which `serve` would fail. Nothing is served.
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

/** Facts of the process. */
export interface CheckHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
}

/** Checks listeners, policies and the source. */
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

/** The pods to check: a pod of the cluster by name, or those of a manifest. */
export type PodQuestion =
  | { readonly kind: "name"; readonly name: string }
  | { readonly kind: "manifest"; readonly text: string; readonly from: string };

/** Checks only pods: `podkey check --pod` and `-f`. */
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
  // The findings replace the log.
  return { ...host, config, clock: systemClock, timers: systemTimers, log: () => undefined };
}

function startFinding(error: unknown): Finding {
  const known = sourceStartError(error);
  if (!(known instanceof StartError)) throw error;
  return { subject: "source", level: "fail", exitCode: known.exitCode, text: known.message };
}
