/**
 * The label of `podkey_config_hash_info`: equal for sidecars with equal configuration, so that a fleet shows who still
 * runs the old one. The configuration holds paths and names, never a value of a Secret.
 */
import { createHash } from "node:crypto";
import type { SidecarConfig } from "../../config/schema/sidecar-config.ts";

/** Twelve hex digits over the whole configuration. */
export function configHash(config: SidecarConfig): string {
  const text = JSON.stringify(config, (_key, value: unknown) => (value instanceof Set ? [...value] : value));
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
