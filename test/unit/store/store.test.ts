import { expect } from "chai";
import type { ConsumerView } from "../../../src/core/view/consumer-view.ts";
import { ALLOW_ALL } from "../../../src/core/select/policy.ts";
import type { Scope, ScopeId, SyncEvent } from "../../../src/core/snapshot/sync-event.ts";
import type { ViewChange } from "../../../src/core/view/view.ts";
import { Store } from "../../../src/store/store.ts";
import type { StoreDeps } from "../../../src/store/store.ts";
import { DEFAULT_DECODE_OPTIONS } from "../../../src/source/decode/decode-secret.ts";
import { createJoinParts } from "../../../src/source/decode/join-parts.ts";
import { credential, key, put, remove, reset, SCOPE, SCOPES } from "../../support/core/credentials.ts";
import { ManualTime } from "../../support/core/manual-time.ts";

const ALL = { namespace: undefined, names: undefined };

interface Bench {
  readonly time: ManualTime;
  readonly store: Store;
  readonly view: ConsumerView;
  readonly logged: string[];
  readonly relisted: ScopeId[];
  apply(...events: readonly SyncEvent[]): void;
}

function bench(overrides: Partial<StoreDeps> = {}): Bench {
  const time = new ManualTime();
  const logged: string[] = [];
  const relisted: ScopeId[] = [];
  const store = new Store({
    clock: time,
    timers: time,
    scopes: SCOPES,
    namespaces: { kind: "fixed", only: "shop" },
    limits: { maxCredentials: 100, maxBytes: 1e6 },
    lifetimes: { previousForMs: 60_000, previousMaxMs: 86_400_000 },
    joinParts: createJoinParts(DEFAULT_DECODE_OPTIONS),
    newEpoch: () => "epoch",
    relist: (scope) => void relisted.push(scope),
    prove: () => Promise.resolve({ ok: true }),
    metrics: { event: () => undefined, dropped: () => undefined, changeServed: () => undefined },
    log: (event) => void logged.push(event),
    ...overrides,
  });
  const view = store.addConsumer("default", ALLOW_ALL);
  const apply = (...events: readonly SyncEvent[]): void => {
    for (const event of events) store.apply(event);
  };
  return { time, store, view, logged, relisted, apply };
}

describe("store", () => {
  it("has no view before every scope has been listed once", () => {
    const other = "pay" as ScopeId;
    const scopes: readonly Scope[] = [...SCOPES, { id: other, namespace: "pay", name: undefined }];
    const { view, apply, store } = bench({ scopes });
    apply(...reset([credential("db")]));
    expect(view.current()).to.equal(undefined);
    expect(store.isSynced).to.equal(false);
    apply(...reset([credential("card", { namespace: "pay" })], "1", { scope: other }));
    expect(view.current()?.number).to.equal(1);
    expect(view.current()?.entries.size).to.equal(2);
  });

  it("keeps a scope FRESH while another one is forbidden", () => {
    const other = "pay" as ScopeId;
    const scopes: readonly Scope[] = [...SCOPES, { id: other, namespace: "pay", name: undefined }];
    const { view, apply, time } = bench({ scopes });
    apply(...reset([credential("db")]), ...reset([], "1", { scope: other }));
    apply({ kind: "trouble", scope: other, reason: "FORBIDDEN" });
    time.advance(80_000);
    apply({ kind: "proof", scope: SCOPE });
    time.advance(20_000);
    expect(view.freshness({ namespace: "pay", names: undefined })).to.include({
      state: "STALE",
      reason: "FORBIDDEN",
    });
    expect(view.freshness({ namespace: "shop", names: undefined }).state).to.equal("FRESH");
    expect(view.freshness(ALL).state).to.equal("STALE");
  });

  it("notifies listeners of each revision, and isolates a listener that throws", () => {
    const { view, apply, logged } = bench();
    const seen: ViewChange[] = [];
    view.onChange(() => {
      throw new Error("a broken reader");
    });
    const stop = view.onChange((change) => void seen.push(change));
    apply(
      ...reset([credential("db")]),
      put(credential("db", { resourceVersion: "2", data: { password: "new" } })),
    );
    expect(seen.map((change) => change.view.number)).to.deep.equal([1, 2]);
    expect(seen[1]?.replaced.get(key("db"))?.revision).to.equal(1);
    expect(logged).to.include("store_listener_failed");
    stop();
    apply(remove("db", "3"));
    expect(seen).to.have.length(2);
  });

  it("becomes STALE without an event when proofs stop, and notifies once", () => {
    const { view, apply, time } = bench();
    apply(...reset([credential("db")]));
    let turns = 0;
    view.onFreshness(() => void (turns += 1));
    time.advance(90_000);
    expect(view.freshness(ALL).state).to.equal("FRESH");
    time.advance(1);
    expect(view.freshness(ALL)).to.include({ state: "STALE", reason: "SILENT" });
    expect(turns).to.equal(1);
    apply({ kind: "proof", scope: SCOPE });
    expect(view.freshness(ALL).state).to.equal("FRESH");
    expect(turns).to.equal(2);
  });

  it("becomes STALE 45 s after the last contact on HTTP/2", () => {
    const { view, apply, time } = bench();
    apply(...reset([]), { kind: "contact", scope: SCOPE, detectsSilence: true });
    let turns = 0;
    view.onFreshness(() => void (turns += 1));
    time.advance(45_001);
    expect(view.freshness(ALL)).to.include({ state: "STALE", reason: "DEAD_CONNECTION" });
    expect(turns).to.equal(1);
  });

  it("counts an event as proof only for the consumers that may read the credential", () => {
    const { store, view, apply, time } = bench();
    const other = store.addConsumer("other", { rules: [{ names: ["web"] }] });
    apply(...reset([credential("db"), credential("web")]));
    time.advance(30_000);
    apply(put(credential("db", { resourceVersion: "2", data: { password: "new" } })));
    expect(view.freshness(ALL).ageMs).to.equal(0);
    expect(other.freshness(ALL).ageMs).to.equal(30_000);
  });

  it("ignores a jump of the wall clock in either direction", () => {
    const { view, apply, time } = bench();
    apply(...reset([credential("db")]));
    time.jumpWall(-3_600_000);
    time.advance(1000);
    expect(view.freshness(ALL)).to.include({ state: "FRESH", ageMs: 1000 });
    time.jumpWall(7_200_000);
    expect(view.freshness(ALL)).to.include({ state: "FRESH", ageMs: 1000 });
  });

  it("is STALE LIMIT at once above the limits, and requests a list when the source fits again", () => {
    const { view, apply, logged, relisted } = bench({ limits: { maxCredentials: 1, maxBytes: 1e6 } });
    apply(...reset([credential("a")], "5"), put(credential("b", { resourceVersion: "6" })));
    expect(view.freshness(ALL)).to.include({ state: "STALE", reason: "LIMIT" });
    expect(view.current()?.entries.size).to.equal(1);
    apply(remove("a", "7"));
    expect(relisted).to.deep.equal([SCOPE]);
    apply(...reset([credential("b", { resourceVersion: "6" })], "8"));
    expect(view.freshness(ALL).state).to.equal("FRESH");
    expect([...(view.current()?.entries.keys() ?? [])]).to.deep.equal([key("b")]);
    expect(logged.filter((event) => event.startsWith("store_"))).to.deep.equal([
      "store_over_limits",
      "store_within_limits",
    ]);
  });

  it("refuses a proof above the limits without a request to the API server", async () => {
    const { view, apply } = bench({ limits: { maxCredentials: 0, maxBytes: 1e6 } });
    apply(...reset([credential("a")]));
    expect(await view.demandProof(ALL, new AbortController().signal)).to.deep.equal({
      ok: false,
      reason: "LIMIT",
    });
  });

  it("removes previous data when the overlap ends, without a new revision", () => {
    const { view, apply, time } = bench();
    apply(
      ...reset([credential("db")]),
      put(credential("db", { resourceVersion: "2", data: { password: "new" } })),
    );
    expect(view.current()?.entries.get(key("db"))?.previous).not.to.equal(undefined);
    time.advance(60_000);
    expect(view.current()?.entries.get(key("db"))?.previous).to.equal(undefined);
    expect(view.current()?.number).to.equal(2);
  });

  it("leaves no timer behind when it stops", () => {
    const { store, apply, time } = bench();
    apply(
      ...reset([credential("db")]),
      put(credential("db", { resourceVersion: "2", data: { password: "new" } })),
    );
    store.stop();
    expect(time.pending).to.equal(0);
  });

  it("gives a consumer that is added later the current state as revision 1", () => {
    const { store, apply } = bench();
    apply(...reset([credential("db")]), remove("db", "2"), put(credential("web", { resourceVersion: "3" })));
    const late = store.addConsumer("late", ALLOW_ALL);
    expect(late.current()?.number).to.equal(1);
    expect([...(late.current()?.entries.keys() ?? [])]).to.deep.equal([key("web")]);
  });

  it("finds the only namespace of a folder", () => {
    const { view, apply } = bench({ namespaces: { kind: "found", fallback: "default" } });
    expect(view.onlyNamespace).to.equal("default");
    apply(...reset([credential("db"), credential("web")]));
    expect(view.onlyNamespace).to.equal("shop");
    apply(put(credential("card", { namespace: "pay", resourceVersion: "2" })));
    expect(view.onlyNamespace).to.equal(undefined);
  });
});
