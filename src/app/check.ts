/**
 * Everything that `podkey check` looks at once the configuration is right, in the order in which `serve` would meet it.
 * Serves nothing; asks the source as `serve` would.
 */
import type { SidecarConfig } from "../config/sidecar-config.ts";
import { checkContent } from "./check/check-content.ts";
import { checkListeners } from "./check/check-listeners.ts";
import { checkPolicies } from "./check/check-policy.ts";
import type { Finding } from "./check/finding.ts";
import { openSource } from "./open-source.ts";
import { sourceStartError, StartError } from "./start-error.ts";
import { systemClock, systemTimers } from "./system-clock.ts";
import { createMetricsRegistry } from "../telemetry/metrics-registry.ts";

/** All findings. */
export async function checkAll(
  config: SidecarConfig,
  host: { readonly env: Readonly<Record<string, string | undefined>>; readonly version: string },
): Promise<readonly Finding[]> {
  const deps = {
    ...host,
    config,
    clock: systemClock,
    timers: systemTimers,
    // What the log would say is what the findings say.
    log: () => undefined,
  };
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
        ? await (await import("./check/check-permissions.ts")).checkPermissions(deps)
        : [];
    // A source that may not be read has nothing more to say.
    if (permissions.some(({ level }) => level === "fail")) return permissions;
    const { instruments } = createMetricsRegistry({ processMetrics: false });
    const { source } = await openSource({ ...deps, instruments, held: () => new Map() });
    return [...permissions, ...(await checkContent(source, deps.config))];
  } catch (error) {
    const known = sourceStartError(error);
    if (!(known instanceof StartError)) throw error;
    return [{ subject: "source", level: "fail", exitCode: known.exitCode, text: known.message }];
  }
}
