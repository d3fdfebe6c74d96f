// --exec under changes that come in bursts, on a clock and with commands that the test owns.
import { expect } from "chai";
import type { CommandRunner } from "../../../../src/cli/deliver/command-runner.ts";
import { createCommandRunner } from "../../../../src/cli/deliver/command-runner.ts";
import { ManualTime } from "../../../support/core/manual-time.ts";

/** A command that the test ends, and whether it was told to end. */
interface Run {
  readonly words: readonly string[];
  readonly end: (outcome: string) => void;
  isTold: boolean;
}

/** Every promise that could go on has gone on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("createCommandRunner", () => {
  let time: ManualTime;
  let runs: Run[];
  let said: string;
  let runner: CommandRunner;

  beforeEach(() => {
    [time, runs, said] = [new ManualTime(), [], ""];
    runner = createCommandRunner(["nginx", "-s", "reload"], {
      timers: time,
      stderr: {
        write: (text) => {
          said += String(text);
          return Promise.resolve();
        },
      },
      start: (words) => {
        const { promise, resolve } = Promise.withResolvers<string>();
        const run = { words, end: resolve, isTold: false };
        runs.push(run);
        return { ended: promise, end: () => (run.isTold = true) };
      },
    });
  });

  /** Ends the run under way, and lets the runner notice. */
  async function end(outcome: string): Promise<void> {
    runs.at(-1)?.end(outcome);
    await settled();
  }

  it("runs the words once, 200 ms after the first change of a burst", () => {
    runner.request();
    time.advance(150);
    runner.request();
    time.advance(49);
    expect(runs).to.be.empty;
    time.advance(1);
    expect(runs.map(({ words }) => words)).to.deep.equal([["nginx", "-s", "reload"]]);
    expect(time.pending).to.equal(0);
  });

  it("is not put off for ever by changes that do not end", () => {
    for (let change = 0; change < 20; change += 1) {
      runner.request();
      time.advance(10);
    }
    expect(runs).to.have.length(1);
  });

  it("runs once more after a run during which changes came, however many, and never two at once", async () => {
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

  it("waits again for the end of a burst after it was idle", async () => {
    runner.request();
    time.advance(200);
    await end("ended with exit code 0");
    runner.request();
    expect(runs).to.have.length(1);
    time.advance(200);
    expect(runs).to.have.length(2);
  });

  it("tells how each run ended, and goes on after one that failed", async () => {
    runner.request();
    time.advance(200);
    runner.request();
    await end("ended with exit code 3");
    await end("was ended by SIGKILL");
    expect(said).to.equal("podkey: nginx ended with exit code 3\npodkey: nginx was ended by SIGKILL\n");
  });

  it("forgets at stop what was waiting", async () => {
    runner.request();
    await runner.stop();
    expect(time.pending).to.equal(0);
    expect(runs).to.be.empty;
  });

  it("runs nothing that is asked for after stop", async () => {
    await runner.stop();
    runner.request();
    time.advance(10_000);
    expect(runs).to.be.empty;
  });

  it("tells a run under way to end at stop, waits for it, and does not repeat it", async () => {
    runner.request();
    time.advance(200);
    runner.request();
    let isStopped = false;
    const stopped = runner.stop().then(() => (isStopped = true));
    await settled();
    expect(runs.map(({ isTold }) => isTold)).to.deep.equal([true]);
    expect(isStopped).to.equal(false);
    await end("was ended by SIGTERM");
    await stopped;
    expect(runs).to.have.length(1);
  });
});
