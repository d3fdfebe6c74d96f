/**
 * Breaks the virtual server again and again under a source of many scopes, changes something in every scope while it is
 * broken, and measures how long after the end of each fault every scope holds what the server holds.
 */
import { credentialKey } from "../../../src/core/credential/credential.ts";
import type { Fault } from "./virtual-server.ts";
import { VirtualScopes } from "./virtual-scopes.ts";

/** What is measured. */
export interface Recovery {
  readonly scopes: number;
  readonly faults: number;
  readonly fault: Fault;
  /** Length of the k-th fault and the calm before it, in milliseconds. */
  readonly shape: (random: () => number) => { readonly calmMs: number; readonly lastsMs: number };
  readonly qps?: number;
  readonly burst?: number;
  readonly seed: number;
}

/** Time from the end of each fault to the last scope being right, in milliseconds; and what it cost. */
export interface Recovered {
  readonly tookMs: readonly number[];
  readonly requests: number;
}

/** Longest time that is waited for; what takes longer is reported as this. */
const GIVE_UP_MS = 60_000;

/** See the file comment. */
export function measureRecovery(plan: Recovery): Recovered {
  const world = new VirtualScopes(plan);
  const { random, scopes, server } = world;
  const isRight = (): boolean =>
    scopes.every(
      ({ id }) => world.held(id).get(credentialKey("shop", "a")) === String(server.versions.get(id)),
    );
  const tookMs: number[] = [];
  world.run(60_000);
  const before = server.requests.length;
  for (let index = 0; index < plan.faults; index += 1) {
    const { calmMs, lastsMs } = plan.shape(random);
    world.run(calmMs);
    server.fail(plan.fault);
    const changeAtMs = random() * lastsMs;
    world.run(changeAtMs);
    for (const { id } of scopes) server.change(id);
    world.run(lastsMs - changeAtMs);
    server.heal();
    tookMs.push(untilRight(world, isRight));
  }
  world.stop();
  return { tookMs, requests: server.requests.length - before };
}

function untilRight(world: VirtualScopes, isRight: () => boolean): number {
  const sinceMs = world.nowMs;
  while (!isRight() && world.nowMs - sinceMs < GIVE_UP_MS) world.run(50);
  return world.nowMs - sinceMs;
}
