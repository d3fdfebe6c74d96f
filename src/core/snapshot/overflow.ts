/**
 * What the snapshot keeps of a source that holds more than the limits allow: names, versions and sizes, no content. Nothing
 * is truncated: the last good entries stay (STALE, LIMIT), and each scope is listed again once the sizes fit.
 */
import type { CredentialKey } from "../credential/credential.ts";
import type { Overflow, Shadow } from "./overflow-state.ts";
import type { Limits, Snapshot } from "./snapshot.ts";
import { SortedMap } from "./sorted-map.ts";
import type { ScopeId } from "./sync-event.ts";

/** Whether a number of credentials and bytes is over the limits. */
export function exceeds(limits: Limits, count: number, sizeBytes: number): boolean {
  return count > limits.maxCredentials || sizeBytes > limits.maxBytes;
}

/** Whether the source is still over the limits. */
export function isOver(overflow: Overflow, limits: Limits): boolean {
  return exceeds(limits, overflow.shadows.size, overflow.sizeBytes);
}

/** The overflow of a snapshot that was within the limits: every scope is frozen from now on. */
export function startOverflow(snapshot: Snapshot, scopes: readonly ScopeId[]): Overflow {
  const shadows = [...snapshot.entries.entries()].map(
    ([key, entry]) =>
      [key, { scope: entry.scope, version: entry.seenVersion, sizeBytes: entry.sizeBytes }] as const,
  );
  return {
    shadows: SortedMap.from(shadows),
    sizeBytes: snapshot.sizeBytes,
    waiting: new Set([...snapshot.synced, ...scopes]),
    asked: false,
  };
}

/** An overflow that is over the limits again: every scope is frozen until lists are requested. */
export function freeze(overflow: Overflow, snapshot: Snapshot, scope: ScopeId): Overflow {
  return { ...overflow, waiting: new Set([...overflow.waiting, ...snapshot.synced, scope]), asked: false };
}

/** The overflow after an object came or changed (a shadow) or left (undefined). */
export function withShadow(overflow: Overflow, key: CredentialKey, shadow: Shadow | undefined): Overflow {
  const before = overflow.shadows.get(key);
  return {
    ...overflow,
    shadows: shadow === undefined ? overflow.shadows.delete(key) : overflow.shadows.set(key, shadow),
    sizeBytes: overflow.sizeBytes - (before?.sizeBytes ?? 0) + (shadow?.sizeBytes ?? 0),
  };
}

/** The overflow after a complete list of a scope. */
export function withScope(
  overflow: Overflow,
  scope: ScopeId,
  items: Iterable<readonly [CredentialKey, Shadow]>,
): Overflow {
  let next = overflow;
  for (const [key, shadow] of overflow.shadows.entries())
    if (shadow.scope === scope) next = withShadow(next, key, undefined);
  for (const [key, shadow] of items) next = withShadow(next, key, shadow);
  return next;
}
