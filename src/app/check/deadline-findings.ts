/**
 * What `podkey check` says of time: credentials that have expired, will within a week, or should have been rotated.
 * Warnings, because podkey serves them all the same.
 */
import type { SidecarConfig } from "../../config/schema/sidecar-config.ts";
import { splitCredentialKey } from "../../core/credential/credential.ts";
import { nextRotationMs } from "../../core/credential/lifetime.ts";
import { servedEntries } from "../../core/snapshot/served.ts";
import type { Snapshot } from "../../core/snapshot/snapshot.ts";
import type { Finding } from "./finding.ts";

const DAY_MS = 86_400_000;
/** As far ahead as the alert PodkeyCredentialExpiresSoon looks. */
const SOON_MS = 7 * DAY_MS;

/** A finding for each credential whose time is short or over. `wallMs`: now. */
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
    if (leftMs < 0) warn("has expired; rotate it, podkey serves it as the source has it.");
    else if (leftMs < SOON_MS)
      warn(`expires in ${daysText(leftMs)}; rotate it, or look after what should have.`);
    if ((nextRotationMs(credential, config) ?? Number.POSITIVE_INFINITY) < wallMs)
      warn("should have been rotated by now: its next-rotation has passed.");
  }
  return lines;
}

function daysText(ms: number): string {
  const days = Math.round(ms / DAY_MS);
  return days < 1 ? "less than a day" : `${String(days)} ${days === 1 ? "day" : "days"}`;
}
