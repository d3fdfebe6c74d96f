/**
 * A complete podkey in virtual time under a random history: server, reflector, store, Watch hub, readers, and the invariants. `playHistory`
 * throws with a trace that is short enough to read.
 */
import { ALLOW_ALL } from "../../../src/core/select/policy.ts";
import type { ScopeId } from "../../../src/core/snapshot/sync-event.ts";
import type { ConsumerView } from "../../../src/core/view/consumer-view.ts";
import type { View } from "../../../src/core/view/view.ts";
import { AnswerMemo } from "../../../src/rpc/watch/answer-memo.ts";
import { TokenSeal } from "../../../src/rpc/request/sealed-token.ts";
import { WatchHub } from "../../../src/rpc/watch/watch-hub.ts";
import { Store } from "../../../src/store/store.ts";
import { createScopedSource } from "../../../src/sync/scope/scopes.ts";
import type { Source } from "../../../src/sync/port/source.ts";
import { DEFAULT_DECODE_OPTIONS } from "../../../src/source/decode/decode-secret.ts";
import { createJoinParts } from "../../../src/source/decode/join-parts.ts";
import { countedMetrics } from "../../support/rpc/no-metrics.ts";
import { HistoryReader, inOneWord } from "./history-reader.ts";
import { HistoryServer } from "./history-server.ts";
import type { Happening, Step } from "./history-step.ts";
import { READERS, tellStep } from "./history-step.ts";
import { HistoryTime } from "./history-time.ts";
import { Truth } from "./truth.ts";

const SCOPE = { id: "shop" as ScopeId, namespace: "shop", name: undefined };
const ANTI_ENTROPY_MS = 300_000;
/** Time after the last step: the longest fault, detection of silence, anti-entropy with its jitter, and an attempt after it. */
const QUIESCENCE_MS = 150_000 + 1.2 * ANTI_ENTROPY_MS + 120_000;
const PROBE_MS = 500;
const TRACE_LINES = 40;

/** The counts of a history, for the report. */
export interface Played {
  readonly revisions: number;
  readonly lists: number;
}

/** Runs a history and checks everything. @throws Error with the trace. */
export function playHistory(steps: readonly Step[], seed: number): Played {
  const world = new HistoryWorld(seed);
  try {
    return world.play(steps);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`${reason}\n${world.trace.slice(-TRACE_LINES).join("\n")}`, { cause: error });
  }
}

class HistoryWorld {
  readonly trace: string[] = [];
  readonly #time = new HistoryTime();
  readonly #server = new HistoryServer(this.#time, (line) => {
    this.#tell(line);
  });
  readonly #truth = new Truth(this.#server, this.#time);
  readonly #source: Source;
  readonly #store: Store;
  readonly #view: ConsumerView;
  readonly #readers: HistoryReader[] = [];
  readonly #states = new Map<number, ReadonlyMap<string, string>>();
  #fault: Error | undefined;
  #lists = 0;

  constructor(seed: number) {
    const { scheduler } = this.#time;
    this.#source = createScopedSource({
      scopes: [SCOPE],
      upstreamOf: () => this.#server.upstream(),
      held: (scope) => this.#store.held(scope),
      scheduler,
      random: randomOf(seed),
      antiEntropyMs: ANTI_ENTROPY_MS,
      metrics: {
        sourceState: () => undefined,
        relist: (reason) => {
          this.#lists += 1;
          this.#tell(`  listed: ${reason}`);
        },
        watchRestart: () => undefined,
        divergence: () => undefined,
        backoff: () => undefined,
        retry: () => undefined,
      },
      log: () => undefined,
      diagnose: () => undefined,
    });
    this.#store = this.#openStore();
    this.#view = this.#store.addConsumer("web", ALLOW_ALL);
    this.#openReaders();
  }

  play(steps: readonly Step[]): Played {
    this.#server.store.put("secrets", draft("a", "0"));
    this.#view.onChange(({ view, changed, removed }) => {
      this.#guard(() => {
        this.#noteRevision(view, changed.length + removed.length);
      });
    });
    const running = this.#source.events$.subscribe((event) => {
      this.#store.apply(event);
    });
    for (const { afterMs, what } of steps) {
      this.#advance(afterMs);
      this.#tell(tellStep(what));
      this.#do(what);
    }
    this.#server.heal();
    for (const reader of this.#readers) reader.setPace("eager");
    this.#advance(QUIESCENCE_MS);
    this.#checkQuiet();
    running.unsubscribe();
    this.#store.stop();
    return { revisions: this.#states.size, lists: this.#lists };
  }

  #openStore(): Store {
    return new Store({
      clock: this.#time,
      timers: this.#time,
      scopes: this.#source.scopes,
      namespaces: { kind: "fixed", only: "shop" },
      limits: { maxCredentials: 100, maxBytes: 1_000_000 },
      lifetimes: { previousForMs: 0, previousMaxMs: 0 },
      joinParts: createJoinParts(DEFAULT_DECODE_OPTIONS),
      newEpoch: () => "epoch",
      relist: (scope, cause) => {
        this.#source.relist(scope, cause);
      },
      prove: () => Promise.resolve({ ok: true }),
      metrics: { event: () => undefined, dropped: () => undefined, changeServed: () => undefined },
      log: () => undefined,
    });
  }

  #openReaders(): void {
    const seal = new TokenSeal({ key: Buffer.from("history"), epoch: "epoch" });
    const hub = new WatchHub({
      view: this.#view,
      memo: new AnswerMemo({ view: this.#view, clock: this.#time }),
      seal,
      clock: this.#time,
      timers: this.#time,
      metrics: countedMetrics().consumer("web"),
      defer: (task) => {
        this.#time.after(0, task);
      },
    });
    for (let index = 0; index < READERS; index += 1) {
      const reader = new HistoryReader({
        time: this.#time,
        hub,
        seal,
        onFault: (thrown) => {
          this.#fault ??= thrown instanceof Error ? thrown : new Error(String(thrown));
        },
        compactedBelow: () => this.#view.current()?.compactedBelow ?? 0,
        tell: (line) => {
          this.#tell(line);
        },
        onState: (revision, state) => {
          this.#guard(() => {
            expectSame(
              `reader ${String(index)} at revision ${String(revision)}`,
              state,
              this.#states.get(revision),
            );
          });
        },
      });
      reader.connect();
      this.#readers.push(reader);
    }
  }

  #do(what: Happening): void {
    const { store } = this.#server;
    switch (what.kind) {
      case "put":
        store.put("secrets", draft(what.name, String(what.value)));
        break;
      case "delete":
        store.delete("secrets", "shop", what.name);
        break;
      case "unlabel":
        if (store.get("secrets", "shop", what.name) !== undefined)
          store.update("secrets", "shop", what.name, { labels: {} });
        break;
      case "recreate":
        store.delete("secrets", "shop", what.name);
        store.put("secrets", draft(what.name, "new"));
        break;
      case "lose":
        // With a cache that lost an event, the state is not correct until anti-entropy has repaired it.
        this.#truth.pause();
        store.silently(() => store.delete("secrets", "shop", what.name));
        break;
      case "elsewhere":
        store.put("secrets", { namespace: "other", name: "x", stringData: { v: String(store.revision) } });
        break;
      case "fault":
        this.#server.fail(what.fault);
        this.#advance(what.lastsMs);
        this.#server.heal();
        break;
      case "cut":
        this.#server.cut(what.how);
        break;
      case "restart":
        if (!what.keepsHistory) store.dropHistory();
        this.#server.cut("reset");
        break;
      case "rewind":
        // Until podkey has detected it, its proofs are about the old history.
        this.#truth.pause();
        this.#server.rewind(what.by);
        break;
      case "stray":
        this.#server.stray(what.back);
        break;
      case "glitch":
        this.#server.glitch(() => (this.#view.current()?.entries.size ?? 0) > 0);
        break;
      case "reader":
        this.#readers[what.reader]?.setPace(what.pace);
        break;
      case "reconnect":
        this.#readers[what.reader]?.connect();
    }
    this.#truth.note();
  }

  /** Advances the time, and checks from time to time that FRESH data is correct. */
  #advance(ms: number): void {
    for (let leftMs = ms; leftMs > 0; leftMs -= PROBE_MS) {
      this.#time.advance(Math.min(leftMs, PROBE_MS));
      if (this.#fault !== undefined) throw this.#fault;
      const view = this.#view.current();
      const freshness = this.#view.freshness({ namespace: undefined, names: undefined });
      if (view !== undefined && freshness.state === "FRESH")
        this.#truth.checkFresh(contentOf(view), freshness.ageMs ?? 0);
    }
  }

  #noteRevision(view: View, touched: number): void {
    const state = contentOf(view);
    this.#tell(
      `  revision ${String(view.number)}: ${[...state].map(([name, word]) => `${name}=${word}`).join(" ")}`,
    );
    const before = this.#states.get(view.number - 1);
    if (view.number !== this.#states.size + 1)
      throw new Error(`revision ${String(view.number)} came after ${String(this.#states.size)}`);
    if (before !== undefined && (touched === 0 || isSame(before, state)))
      throw new Error(`revision ${String(view.number)} changed nothing`);
    this.#states.set(view.number, state);
    this.#truth.checkTrue(state);
  }

  #checkQuiet(): void {
    const view = this.#view.current();
    if (view === undefined) throw new Error("never synced");
    const served = contentOf(view);
    expectSame("the snapshot after quiescence", served, this.#truth.now());
    const freshness = this.#view.freshness({ namespace: undefined, names: undefined });
    if (freshness.state !== "FRESH")
      throw new Error(`still STALE after quiescence: ${freshness.reason ?? ""}`);
    for (const [index, reader] of this.#readers.entries())
      expectSame(`reader ${String(index)} after quiescence`, reader.state, served);
  }

  /** Listeners must not throw into the program under test; what they find is thrown at the next look. */
  #guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#fault ??= error instanceof Error ? error : new Error(String(error));
    }
  }

  #tell(line: string): void {
    this.trace.push(`${String(Math.round(this.#time.nowMs())).padStart(8)} ${line}`);
  }
}

function draft(
  name: string,
  value: string,
): { namespace: string; name: string; labels: Record<string, string>; stringData: Record<string, string> } {
  return { namespace: "shop", name, labels: { "podkey.dev/serve": "true" }, stringData: { k: value } };
}

function contentOf(view: View): ReadonlyMap<string, string> {
  const words = [...view.entries.values()].map(({ credential }) => {
    const value = credential.data.get("k")?.reveal();
    return [
      credential.name,
      inOneWord(credential.uid, value === undefined ? "" : Buffer.from(value).toString()),
    ] as const;
  });
  return new Map(words);
}

function isSame(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): boolean {
  return a.size === b.size && [...a].every(([name, word]) => b.get(name) === word);
}

function expectSame(
  what: string,
  got: ReadonlyMap<string, string>,
  wanted: ReadonlyMap<string, string> | undefined,
): void {
  if (wanted !== undefined && isSame(got, wanted)) return;
  const text = (state: ReadonlyMap<string, string> | undefined): string =>
    state === undefined
      ? "no such state"
      : [...state]
          .map(([name, word]) => `${name}=${word}`)
          .sort()
          .join(" ");
  throw new Error(`${what} is {${text(got)}}, but should be {${text(wanted)}}`);
}

/** mulberry32: small, and the same for a seed everywhere. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
