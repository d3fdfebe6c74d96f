/**
 * Warns about credentials that have expired, expire within a week, or should have been rotated.
 */
import type { SidecarConfig } from "../../config/schema/sidecar-config.ts";
import { splitCredentialKey } from "../../core/credential/credential.ts";
import { nextRotationMs } from "../../core/credential/lifetime.ts";
import { servedEntries } from "../../core/snapshot/served.ts";
import type { Snapshot } from "../../core/snapshot/snapshot.ts";
import type { Finding } from "./finding.ts";

const DAY_MS = 86_400_000;
/** The threshold of the alert PodkeyCredentialExpiresSoon. */
const SOON_MS = 7 * DAY_MS;

/** Checks all credentials. `wallMs`: the current time. */
export function deadlineFindings(
  snapshot: Snapshot,
  config: SidecarConfig,
  wallMs: number,
): readonly Finding[] {
  const lines: Finding[] = [];
  for (const [key, { credential }] of servedEntries(snapshot)) {
    if (credential === undefined) continue;
    const { namespace, name } = splitCredentialKey(key);
    const warn = (text: string): void =>
      void lines.push({ subject: `credential ${namespace}/${name}`, level: "warn", text });
    const leftMs = (credential.expiry?.atMs ?? Number.POSITIVE_INFINITY) - wallMs;
    if (leftMs < 0) warn("has expired; rotate it. podkey still serves it.");
    else if (leftMs < SOON_MS)
      warn(`expires in ${daysText(leftMs)}; rotate it, or check the system that should renew it.`);
    if ((nextRotationMs(credential, config) ?? Number.POSITIVE_INFINITY) < wallMs)
      warn("is overdue for rotation (annotation next-rotation); rotate it and update the annotation.");
  }
  return lines;
}

function daysText(ms: number): string {
  const days = Math.round(ms / DAY_MS);
  return days < 1 ? "less than a day" : `${String(days)} ${days === 1 ? "day" : "days"}`;
}
