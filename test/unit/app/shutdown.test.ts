// The order of the shutdown, and steps that hang or fail.
import { expect } from "chai";
import { SHUTDOWN_ORDER, shutDown } from "../../../src/app/shutdown.ts";
import type { ShutdownStep } from "../../../src/app/shutdown.ts";

async function run(steps: Readonly<Record<string, ShutdownStep["run"]>>): Promise<readonly string[]> {
  const calls: string[] = [];
  // A limit is over as soon as no other work is left.
  const timers = {
    after: (_delayMs: number, task: () => void): (() => void) => {
      const immediate = setImmediate(task);
      return () => clearImmediate(immediate);
    },
  };
  const recorded = Object.entries(steps).map(([name, stop]): [string, ShutdownStep] => {
    const recordAndStop = (): Promise<void> => {
      calls.push(name);
      return stop();
    };
    return [name, { limitMs: 1, run: recordAndStop }];
  });
  await shutDown(Object.fromEntries(recorded), {
    timers,
    log: (event, fields) =>
      void calls.push(`${event} ${String(fields?.["phase"])} ${String(fields?.["end"])}`),
  });
  return calls;
}

const done = (): Promise<void> => Promise.resolve();

describe("shutdown: order", () => {
  it("stops reloads, then drains calls, then stops the source, and closes the probes last", async () => {
    const calls = await run({ admin: done, source: done, rpc: done, config: done });
    expect(calls)
      .to.deep.equal(["config", "rpc", "source", "admin"])
      .and.to.deep.equal([...SHUTDOWN_ORDER]);
  });

  it("skips parts that were not opened", async () => {
    expect(await run({ admin: done, source: done })).to.deep.equal(["source", "admin"]);
  });

  it("continues after a step that hangs or fails, and logs it", async () => {
    const calls = await run({
      rpc: () => new Promise(() => undefined),
      source: () => Promise.reject(new Error("x")),
      admin: done,
    });
    expect(calls).to.deep.equal([
      "rpc",
      "app_phase_overdue rpc overdue",
      "source",
      "app_phase_overdue source failed",
      "admin",
    ]);
  });
});
