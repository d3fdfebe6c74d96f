/**
 * Freshness (docs/api.md#freshness): only two clocks per scope make an answer STALE. *Data proof*: the end of a list, an event, a
 * bookmark, an equal list of names and versions. *Contact*: any byte or PING acknowledgement. Pure; the store keeps the clocks,
 * and RPC sends the result.
 */

/** Why an answer is stale; an open set for clients, a closed one here. */
export type StaleReason =
  | "STARTING"
  | "UNREACHABLE"
  | "DEAD_CONNECTION"
  | "SILENT"
  | "THROTTLED"
  | "FORBIDDEN"
  | "UNAUTHORIZED"
  | "LIMIT"
  | "SOURCE_ERROR"
  | "CONFIGURATION";

/** Oldest data proof of a fresh answer. Bookmarks come every 60 s (measured), so after 90 s one is missing. */
export const PROOF_LIMIT_MS = 90_000;

/** Silence of the transport beyond which an answer is stale, if the transport detects silence (HTTP/2 PING 30 s + 15 s). */
export const CONTACT_LIMIT_MS = 45_000;

/** The clocks of one scope; all times are monotonic milliseconds. */
export interface ScopeClocks {
  /** Whether the scope has been listed once. */
  readonly synced: boolean;
  /** Last data proof; undefined before the first sync. */
  readonly proofAtMs: number | undefined;
  /** Last contact; undefined before the first. */
  readonly contactAtMs: number | undefined;
  /** Whether the transport would detect silence (HTTP/2). If not, the contact never makes an answer STALE. */
  readonly detectsSilence: boolean;
  /** The last trouble that the source reported; undefined without trouble. */
  readonly trouble: StaleReason | undefined;
  /** Whether the source is over the limits (`--max-credentials`, `--max-bytes`), which keep the last good snapshot. */
  readonly limited: boolean;
}

/** How fresh an answer is. */
export interface Freshness {
  readonly state: "FRESH" | "STALE";
  /** Milliseconds since the last data proof; undefined before the first sync. */
  readonly ageMs: number | undefined;
  /** Milliseconds since the last contact; undefined if there was none. */
  readonly contactAgeMs: number | undefined;
  /** Undefined exactly if FRESH. */
  readonly reason: StaleReason | undefined;
}

/** A scope before its first event. */
export const NEVER_SYNCED: ScopeClocks = {
  synced: false,
  proofAtMs: undefined,
  contactAtMs: undefined,
  detectsSilence: false,
  trouble: undefined,
  limited: false,
};

/** Freshness of one scope at a monotonic time. */
export function freshnessOf(clocks: ScopeClocks, nowMs: number): Freshness {
  const ageMs = clocks.proofAtMs === undefined ? undefined : Math.max(0, nowMs - clocks.proofAtMs);
  const contactAgeMs = clocks.contactAtMs === undefined ? undefined : Math.max(0, nowMs - clocks.contactAtMs);
  const reason = staleReason(clocks, ageMs, clocks.detectsSilence ? contactAgeMs : undefined);
  return { state: reason === undefined ? "FRESH" : "STALE", ageMs, contactAgeMs, reason };
}

function staleReason(
  clocks: ScopeClocks,
  ageMs: number | undefined,
  contactAgeMs: number | undefined,
): StaleReason | undefined {
  if (clocks.limited) return "LIMIT";
  if (!clocks.synced || ageMs === undefined) return clocks.trouble ?? "STARTING";
  if (contactAgeMs !== undefined && contactAgeMs > CONTACT_LIMIT_MS)
    return clocks.trouble ?? "DEAD_CONNECTION";
  if (ageMs > PROOF_LIMIT_MS) return clocks.trouble ?? "SILENT";
  return undefined;
}

/** The moment (monotonic ms) at which the scope turns STALE without further proof or contact; undefined if it is already STALE. */
export function staleAtMs(clocks: ScopeClocks): number | undefined {
  if (clocks.limited || !clocks.synced || clocks.proofAtMs === undefined) return undefined;
  const byProof = clocks.proofAtMs + PROOF_LIMIT_MS;
  return clocks.contactAtMs === undefined || !clocks.detectsSilence
    ? byProof
    : Math.min(byProof, clocks.contactAtMs + CONTACT_LIMIT_MS);
}

/** The worst of several scopes: STALE before FRESH, then the oldest proof. With no scope at all: STARTING. */
export function worstFreshness(all: Iterable<Freshness>): Freshness {
  let worst: Freshness | undefined;
  for (const one of all) if (worst === undefined || isWorse(one, worst)) worst = one;
  return worst ?? { state: "STALE", ageMs: undefined, contactAgeMs: undefined, reason: "STARTING" };
}

function isWorse(a: Freshness, b: Freshness): boolean {
  if (a.state !== b.state) return a.state === "STALE";
  if (a.ageMs === undefined || b.ageMs === undefined) return a.ageMs === undefined && b.ageMs !== undefined;
  return a.ageMs > b.ageMs;
}
