// The way down: in order, and to its end whatever a phase does.
import { expect } from "chai";
import { shutDown } from "../../../src/app/shutdown.ts";
import type { Phase } from "../../../src/app/shutdown.ts";

async function run(phases: readonly Phase[]): Promise<readonly string[]> {
  const said: string[] = [];
  // Timers that fire as soon as nothing else is to be done: every limit counts as passed.
  const timers = {
    after: (_delayMs: number, task: () => void): (() => void) => {
      const immediate = setImmediate(task);
      return () => clearImmediate(immediate);
    },
  };
  const named = phases.map((phase) => ({
    ...phase,
    run: () => {
      said.push(phase.name);
      return phase.run();
    },
  }));
  await shutDown(named, {
    timers,
    log: (event, fields) => void said.push(`${event} ${String(fields?.["end"])}`),
  });
  return said;
}

describe("shutDown", () => {
  it("runs the phases one after the other", async () => {
    const done = (): Promise<void> => Promise.resolve();
    expect(
      await run([
        { name: "a", limitMs: 1, run: done },
        { name: "b", limitMs: 1, run: done },
      ]),
    ).to.deep.equal(["a", "b"]);
  });

  it("leaves a phase behind that hangs or fails, and says so", async () => {
    const said = await run([
      { name: "hangs", limitMs: 1, run: () => new Promise(() => undefined) },
      { name: "fails", limitMs: 1, run: () => Promise.reject(new Error("x")) },
      { name: "last", limitMs: 1, run: () => Promise.resolve() },
    ]);
    expect(said).to.deep.equal([
      "hangs",
      "app_phase_overdue overdue",
      "fails",
      "app_phase_overdue failed",
      "last",
    ]);
  });
});
