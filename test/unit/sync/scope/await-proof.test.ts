/** Marbles: a caller's wait for a proof. */
import { expect } from "chai";
import type { Observable } from "rxjs";
import { TestScheduler } from "rxjs/testing";
import type { ProofOutcome } from "../../../../src/core/view/consumer-view.ts";
import { awaitProof } from "../../../../src/sync/scope/await-proof.ts";
import type { Prover } from "../../../../src/sync/scope/await-proof.ts";

const OUTCOMES: Readonly<Record<string, ProofOutcome>> = {
  p: { ok: true },
  n: { ok: false, reason: "FORBIDDEN" },
  s: { ok: false, reason: "SILENT" },
  i: { ok: false, reason: "STARTING" },
};

describe(awaitProof.name, () => {
  it("emits the next outcome and completes", () => {
    run(({ hot, expectObservable }, scheduler) => {
      const proofs$ = hot<ProofOutcome>("-- 500ms p 500ms n", OUTCOMES);
      expectObservable(awaitProof(() => proverOf(proofs$), scheduler)).toBe("-- 500ms (p|)", OUTCOMES);
    });
  });

  it("says why there was none after 10 s", () => {
    run(({ hot, expectObservable }, scheduler) => {
      const proofs$ = hot<ProofOutcome>("-");
      expectObservable(awaitProof(() => proverOf(proofs$), scheduler)).toBe("10s (s|)", OUTCOMES);
    });
  });

  it("says STARTING where nothing runs", () => {
    run(({ expectObservable }, scheduler) => {
      expectObservable(awaitProof(() => undefined, scheduler)).toBe("(i|)", OUTCOMES);
    });
  });

  it("lets go of the subscription when the caller leaves", () => {
    run(({ hot, expectObservable, expectSubscriptions }, scheduler) => {
      const proofs$ = hot<ProofOutcome>("----------p", OUTCOMES);
      expectObservable(
        awaitProof(() => proverOf(proofs$), scheduler),
        "^----!",
      ).toBe("------");
      expectSubscriptions(proofs$.subscriptions).toBe("^----!");
    });
  });

  it("counts who waits and who left", () => {
    const counts: string[] = [];
    run(({ hot, expectObservable }, scheduler) => {
      const proofs$ = hot<ProofOutcome>("---p", OUTCOMES);
      const prover = {
        ...proverOf(proofs$),
        wait: () => {
          counts.push("wait");
          return () => void counts.push("leave");
        },
      };
      expectObservable(awaitProof(() => prover, scheduler)).toBe("---(p|)", OUTCOMES);
    });
    expect(counts).to.deep.equal(["wait", "leave"]);
  });
});

function run(
  task: (helpers: Parameters<Parameters<TestScheduler["run"]>[0]>[0], scheduler: TestScheduler) => void,
): void {
  const scheduler = new TestScheduler((actual, expected) => void expect(actual).to.deep.equal(expected));
  scheduler.run((helpers) => task(helpers, scheduler));
}

function proverOf(proofs$: Observable<ProofOutcome>): Prover {
  return { proofs$, wait: () => () => undefined, whyNot: () => "SILENT" };
}
