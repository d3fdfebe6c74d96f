// --exec under bursts of changes, with a clock and commands that the test controls.
import { expect } from "chai";
import type { CommandEnd } from "../../../../src/cli/deliver/start-command.ts";
import type { CommandRunner } from "../../../../src/cli/deliver/command-runner.ts";
import { createCommandRunner } from "../../../../src/cli/deliver/command-runner.ts";
import { ManualTime } from "../../../support/core/manual-time.ts";

/** A command that the test ends, and whether the runner asked it to end. */
interface Run {
  readonly words: readonly string[];
  readonly end: (end: CommandEnd) => void;
  isAskedToEnd: boolean;
}

/** Resolves after all pending promise callbacks have run. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("watch --exec: command runner", () => {
  let time: ManualTime;
  let runs: Run[];
  let output: string;
  let failures: string[];
  let runner: CommandRunner;

  beforeEach(() => {
    [time, runs, output, failures] = [new ManualTime(), [], "", []];
    runner = createCommandRunner(["nginx", "-s", "reload"], {
      timers: time,
      onFailure: (sentence) => failures.push(sentence),
      stderr: {
        write: (text) => {
          output += String(text);
          return Promise.resolve();
        },
      },
      start: (words) => {
        const { promise, resolve } = Promise.withResolvers<CommandEnd>();
        const run = { words, end: resolve, isAskedToEnd: false };
        runs.push(run);
        return { ended: promise, end: () => (run.isAskedToEnd = true) };
      },
    });
  });

  /** Ends the current run and waits until the runner has handled it. */
  async function end(words: string, kind: CommandEnd["kind"] = "succeeded"): Promise<void> {
    runs.at(-1)?.end({ kind, words });
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
    await end("ended with exit code 3", "failed");
    await end("was ended by SIGKILL", "failed");
    expect(output).to.equal("podkey: nginx ended with exit code 3\npodkey: nginx was ended by SIGKILL\n");
    expect(failures).to.deep.equal(["nginx ended with exit code 3", "nginx was ended by SIGKILL"]);
    time.advance(60_000);
    expect(runs).to.have.length(2);
  });

  it("starts a command that could not be started again, with backoff, and reports it once", async () => {
    runner.request();
    time.advance(200);
    const delaysMs = [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000];
    for (const [failures, delayMs] of delaysMs.entries()) {
      await end("could not be run: EACCES", "not started");
      time.advance(delayMs - 1);
      expect(runs).to.have.length(failures + 1);
      time.advance(1);
      expect(runs).to.have.length(failures + 2);
    }
    expect(output).to.equal("podkey: nginx could not be run: EACCES; retrying\n");
    await end("ended with exit code 0");
    time.advance(60_000);
    expect(runs).to.have.length(delaysMs.length + 1);
  });

  it("starts it soon after the next change, without waiting for the backoff", async () => {
    runner.request();
    time.advance(200);
    for (const delayMs of [1000, 2000]) {
      await end("could not be run: EAGAIN", "not started");
      time.advance(delayMs);
    }
    await end("could not be run: EAGAIN", "not started");
    runner.request();
    time.advance(200);
    expect(runs).to.have.length(4);
    expect(time.pending).to.equal(0);
  });

  it("does not start it again after stop", async () => {
    runner.request();
    time.advance(200);
    await end("could not be run: ENOENT", "not started");
    await runner.stop();
    time.advance(60_000);
    expect(runs).to.have.length(1);
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
