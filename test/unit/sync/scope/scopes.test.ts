/** Several scopes as one source: merged, spread, each for itself. */
import { expect } from "chai";
import { EMPTY, Observable, VirtualTimeScheduler } from "rxjs";
import type { Observer } from "rxjs";
import type { ProofOutcome } from "../../../../src/core/view/consumer-view.ts";
import type { Scope, ScopeId, SyncEvent } from "../../../../src/core/snapshot/sync-event.ts";
import { createScopedSource } from "../../../../src/sync/scope/scopes.ts";
import type { Source, VersionList, WatchSignal } from "../../../../src/sync/port/source.ts";
import { SyncError } from "../../../../src/sync/port/sync-error.ts";
import { marker, OPEN } from "../../../support/marbles-signals.ts";

interface Watched {
  readonly scope: string;
  readonly atMs: number;
  readonly version: string;
  readonly reply: Observer<WatchSignal>;
  isClosed: boolean;
}

/** A source of these names, whose watches and metadata lists the test answers. */
function manyScopes(names: readonly string[]): {
  readonly source: Source;
  readonly scheduler: VirtualTimeScheduler;
  readonly watched: Watched[];
  readonly asked: Observer<VersionList>[];
  readonly events: SyncEvent[];
  readonly diagnosed: string[];
} {
  const scheduler = new VirtualTimeScheduler(undefined, 0);
  const watched: Watched[] = [];
  const asked: Observer<VersionList>[] = [];
  const diagnosed: string[] = [];
  const events: SyncEvent[] = [];
  let seed = 1;
  const source = createScopedSource({
    scopes: names.map((name): Scope => ({ id: name as ScopeId, namespace: name, name: undefined })),
    upstreamOf: (scope) => ({
      contact$: EMPTY,
      list: () => EMPTY,
      listVersions: () => new Observable((reply) => void asked.push(reply)),
      watch: ({ resourceVersion }) =>
        new Observable((reply) => {
          const call = {
            scope: scope.id,
            atMs: scheduler.now(),
            version: resourceVersion,
            reply,
            isClosed: false,
          };
          watched.push(call);
          return () => {
            call.isClosed = true;
          };
        }),
    }),
    held: () => new Map(),
    scheduler,
    // A fixed linear congruential sequence: spread like dice, the same in every run.
    random: () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed / 2_147_483_648;
    },
    antiEntropyMs: 0,
    metrics: {
      sourceState: () => undefined,
      relist: () => undefined,
      watchRestart: () => undefined,
      divergence: () => undefined,
      backoff: () => undefined,
      retry: () => undefined,
    },
    log: () => undefined,
    diagnose: (scope) => diagnosed.push(scope.id),
  });
  return { source, scheduler, watched, asked, events, diagnosed };
}

function run(scheduler: VirtualTimeScheduler, untilMs: number): void {
  scheduler.maxFrames = untilMs;
  scheduler.flush();
  scheduler.frame = untilMs;
}

function sync(watched: readonly Watched[]): void {
  for (const { reply } of watched) {
    reply.next(OPEN);
    reply.next(marker(20));
  }
}

describe("scopes", () => {
  it("starts every scope at once: first start gates the app", () => {
    const { source, watched, events } = manyScopes(["a", "b", "c"]);
    source.events$.subscribe((event) => events.push(event));
    expect(watched.map(({ scope, atMs }) => [scope, atMs])).to.deep.equal([
      ["a", 0],
      ["b", 0],
      ["c", 0],
    ]);
  });

  it("scenario 36: 100 reflectors come back over 2 s after a restart, by their version and without a list", () => {
    const names = Array.from({ length: 100 }, (_, index) => `ns${String(index)}`);
    const { source, scheduler, watched } = manyScopes(names);
    source.events$.subscribe();
    sync(watched);
    run(scheduler, 10_000);
    for (const { reply } of [...watched]) reply.error(new SyncError("reset", "the API server restarts"));
    run(scheduler, 12_000);
    const back = watched.slice(100);
    expect(back).to.have.length(100);
    expect(back.every(({ version }) => version === "20")).to.equal(true);
    for (let bucket = 0; bucket < 4; bucket += 1) {
      const fromMs = 10_000 + bucket * 500;
      const inBucket = back.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + 500);
      expect(inBucket.length, `from ${String(fromMs)} ms`).to.be.within(12, 40);
    }
  });

  it("scenario 52: a forbidden scope is in trouble alone", () => {
    const { source, scheduler, watched, events, diagnosed } = manyScopes(["open", "closed"]);
    source.events$.subscribe((event) => events.push(event));
    watched[1]?.reply.error(new SyncError("forbidden", "403"));
    sync(watched.slice(0, 1));
    run(scheduler, 2_000);
    const told = events.map((event) => `${event.scope} ${event.kind}`);
    expect(told).to.deep.equal(["closed trouble", "open reset-begin", "open reset-end"]);
    watched[2]?.reply.error(new SyncError("forbidden", "403"));
    expect(diagnosed).to.deep.equal(["closed"]);
  });

  it("shares between scopes what it learned of the server", () => {
    const { source, scheduler, watched } = manyScopes(["a", "b"]);
    source.events$.subscribe();
    watched[1]?.reply.error(new SyncError("unreachable", "ECONNREFUSED"));
    watched[0]?.reply.error(new SyncError("watch-list-unsupported", "422"));
    run(scheduler, 5_000);
    expect(watched.filter(({ scope }) => scope === "b")).to.have.length(1);
  });

  it("proves only the scopes asked for, and by the worst of them", () => {
    const { source, scheduler, watched, asked } = manyScopes(["a", "b", "c"]);
    source.events$.subscribe();
    sync(watched);
    const outcomes: ProofOutcome[] = [];
    source.prove(["a" as ScopeId, "c" as ScopeId]).subscribe((outcome) => outcomes.push(outcome));
    expect(asked).to.have.length(2);
    asked[0]?.next({ resourceVersion: "20", versions: new Map() });
    asked[1]?.error(new SyncError("forbidden", "403"));
    run(scheduler, 10_000);
    expect(outcomes).to.deep.equal([{ ok: false, reason: "FORBIDDEN" }]);
  });

  it("has nothing to prove where no scope is touched", () => {
    const outcomes: ProofOutcome[] = [];
    manyScopes(["a"])
      .source.prove([])
      .subscribe((outcome) => outcomes.push(outcome));
    expect(outcomes).to.deep.equal([{ ok: true }]);
  });

  it("passes a wish for a list to its scope", () => {
    const { source, watched } = manyScopes(["a", "b"]);
    source.events$.subscribe();
    sync(watched);
    source.relist("b" as ScopeId, "limit");
    expect(watched.map(({ isClosed }) => isClosed)).to.deep.equal([false, true]);
  });
});
