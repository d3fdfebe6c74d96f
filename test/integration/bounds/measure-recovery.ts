/**
 * Breaks the virtual server repeatedly for a source of many scopes, changes something in every scope during the fault, and measures
 * how long after the end of each fault every scope equals the server.
 */
import { credentialKey } from "../../../src/core/credential/credential.ts";
import type { Fault } from "./virtual-server.ts";
import { VirtualScopes } from "./virtual-scopes.ts";

/** What is measured. */
export interface Recovery {
  readonly scopes: number;
  readonly faults: number;
  readonly fault: Fault;
  /** Length of the k-th fault and of the pause before it, in milliseconds. */
  readonly shape: (random: () => number) => { readonly calmMs: number; readonly lastsMs: number };
  readonly qps?: number;
  readonly burst?: number;
  readonly seed: number;
}

/** Time from the end of each fault until the last scope is right, in milliseconds, and the requests. */
export interface Recovered {
  readonly tookMs: readonly number[];
  readonly requests: number;
}

/** Longest wait; a longer time is reported as this. */
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
