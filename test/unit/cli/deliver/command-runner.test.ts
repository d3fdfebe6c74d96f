// --exec under bursts of changes, with a clock and commands that the test controls.
import { expect } from "chai";
import type { CommandRunner } from "../../../../src/cli/deliver/command-runner.ts";
import { createCommandRunner } from "../../../../src/cli/deliver/command-runner.ts";
import { ManualTime } from "../../../support/core/manual-time.ts";

/** A command that the test ends, and whether the runner asked it to end. */
interface Run {
  readonly words: readonly string[];
  readonly end: (outcome: string) => void;
  isAskedToEnd: boolean;
}

/** Resolves after all pending promise callbacks have run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("watch --exec: command runner", () => {
  let time: ManualTime;
  let runs: Run[];
  let output: string;
  let runner: CommandRunner;

  beforeEach(() => {
    [time, runs, output] = [new ManualTime(), [], ""];
    runner = createCommandRunner(["nginx", "-s", "reload"], {
      timers: time,
      stderr: {
        write: (text) => {
          output += String(text);
          return Promise.resolve();
        },
      },
      start: (words) => {
        const { promise, resolve } = Promise.withResolvers<string>();
        const run = { words, end: resolve, isAskedToEnd: false };
        runs.push(run);
        return { ended: promise, end: () => (run.isAskedToEnd = true) };
      },
    });
  });

  /** Ends the current run and waits until the runner has handled it. */
  async function end(outcome: string): Promise<void> {
    runs.at(-1)?.end(outcome);
    await settled();
  }

  it("runs the command once, 200 ms after the first change of a burst", () => {
    runner.request();
    time.advance(150);
    runner.request();
    time.advance(49);
    expect(runs).to.be.empty;
    time.advance(1);
    expect(runs.map(({ words }) => words)).to.deep.equal([["nginx", "-s", "reload"]]);
    expect(time.pending).to.equal(0);
  });

  it("runs even if changes never pause", () => {
    for (let change = 0; change < 20; change += 1) {
      runner.request();
      time.advance(10);
    }
    expect(runs).to.have.length(1);
  });

  it("runs once more after a run with changes, and never twice at the same time", async () => {
    runner.request();
    time.advance(200);
    for (let change = 0; change < 5; change += 1) {
      runner.request();
      time.advance(1000);
    }
    expect(runs).to.have.length(1);
    await end("ended with exit code 0");
    expect(runs).to.have.length(2);
    await end("ended with exit code 0");
    time.advance(10_000);
    expect(runs).to.have.length(2);
  });

  it("waits 200 ms again after it was idle", async () => {
    runner.request();
    time.advance(200);
    await end("ended with exit code 0");
    runner.request();
    expect(runs).to.have.length(1);
    time.advance(200);
    expect(runs).to.have.length(2);
  });

  it("reports how each run ended, and continues after one that failed", async () => {
    runner.request();
    time.advance(200);
    runner.request();
    await end("ended with exit code 3");
    await end("was ended by SIGKILL");
    expect(output).to.equal("podkey: nginx ended with exit code 3\npodkey: nginx was ended by SIGKILL\n");
  });

  it("drops a pending run at stop", async () => {
    runner.request();
    await runner.stop();
    expect(time.pending).to.equal(0);
    expect(runs).to.be.empty;
  });

  it("ignores requests after stop", async () => {
    await runner.stop();
    runner.request();
    time.advance(10_000);
    expect(runs).to.be.empty;
  });

  it("asks the current run to end at stop, waits for it, and does not repeat it", async () => {
    runner.request();
    time.advance(200);
    runner.request();
    let isStopped = false;
    const stopped = runner.stop().then(() => (isStopped = true));
    await settled();
    expect(runs.map(({ isAskedToEnd }) => isAskedToEnd)).to.deep.equal([true]);
    expect(isStopped).to.equal(false);
    await end("was ended by SIGTERM");
    await stopped;
    expect(runs).to.have.length(1);
  });
});
