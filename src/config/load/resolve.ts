/**
 * Sets the defaults that depend on other options, and freezes the configuration.
 */
import type { OptionValues } from "../schema/schema.ts";
import type { ConsumerConfig, SidecarConfig } from "../schema/sidecar-config.ts";

/** The default selector of label mode: serving a Secret is opt-in. */
const DEFAULT_SELECTOR = "podkey.dev/serve=true";

const ADMIN_PORT = 19_402;

/** The configuration with all defaults. */
export function resolveConfig(given: {
  readonly values: OptionValues;
  readonly consumers: readonly ConsumerConfig[];
  readonly onTerminal: boolean;
  /** Whether podkey runs in a pod: Kubernetes sets KUBERNETES_SERVICE_HOST there. */
  readonly inPod: boolean;
}): SidecarConfig {
  const {
    config: configFile,
    admin,
    logFormat,
    listen: _listen,
    socketMode: _mode,
    tokenFile: _token,
    ...rest
  } = given.values;
  const isKubernetes = rest.source === "kubernetes";
  const labelMode = isKubernetes && rest.names.length === 0;
  // Kubelet and Prometheus connect from outside the pod; on a laptop nobody does.
  const adminDefault = { host: isKubernetes && given.inPod ? undefined : "127.0.0.1", port: ADMIN_PORT };
  return deepFreeze({
    ...rest,
    configFile,
    selector: rest.selector ?? (labelMode ? DEFAULT_SELECTOR : undefined),
    consumers: given.consumers,
    admin: admin === "none" ? undefined : (admin ?? adminDefault),
    logFormat: logFormat ?? (given.onTerminal ? "pretty" : "json"),
  });
}

/** Freezes nested objects too, except Sets and Maps in selectors, which only their parser can write. */
function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
