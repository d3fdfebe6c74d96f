/**
 * Runs one tier with mocha in this process and sends the totals to `test/run.ts`. A socket, timer or child process that keeps the process
 * alive after the last test is a failure.
 */
import { globSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";

/** The result of a tier. */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Time to close what the last test used. */
const LEAK_AFTER_MS = 5000;

/** As in .mocharc.json, which is for a single file. */
const OPTIONS = { timeout: 5000, slow: 500, forbidOnly: true };

/** One character for each test, then the complete failures and the skipped tests. */
class TierReporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options: Mocha.MochaOptions) {
    super(runner, options);
    const skipped: string[] = [];
    let column = 0;
    const mark = (character: string): void => {
      process.stdout.write(column++ % 100 === 0 ? `\n  ${character}` : character);
    };
    runner.on("pass", () => mark("."));
    runner.on("fail", () => mark("!"));
    runner.on("pending", (test) => {
      mark(",");
      skipped.push(test.fullTitle());
    });
    runner.once("end", () => {
      process.stdout.write("\n");
      this.epilogue();
      for (const title of skipped) console.log(`  skipped: ${title}`);
    });
  }
}

function testFiles(tier: string, words: readonly string[]): readonly string[] {
  const files = globSync(`${tier}/**/*.test.ts`, { cwd: import.meta.dirname }).toSorted();
  return words.length === 0 ? files : files.filter((file) => words.some((word) => file.includes(word)));
}

/** A failed hook counts too, because the tests after it did not run. */
function runMocha(mocha: Mocha): Promise<Totals> {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  return new Promise((resolve) => {
    const runner = mocha.run(() => resolve(counts));
    runner.on("pass", () => counts.passed++);
    runner.on("fail", () => counts.failed++);
    runner.on("pending", () => counts.skipped++);
  });
}

function failOnLeak(tier: string): void {
  const timer = setTimeout(() => {
    const open = process.getActiveResourcesInfo().filter((name) => name !== "TTYWrap" && name !== "PipeWrap");
    console.error(`a test of the tier ${tier} left something open: ${open.join(", ") || "unknown"}`);
    process.exit(3);
  }, LEAK_AFTER_MS);
  timer.unref();
}

const [tier = "unit", ...words] = process.argv.slice(2);
const files = testFiles(tier, words);
console.log(`${tier}: ${files.length} files`);
const mocha = new Mocha({ ...OPTIONS, reporter: TierReporter });
for (const file of files) mocha.addFile(join(import.meta.dirname, file));
await mocha.loadFilesAsync();
const totals = await runMocha(mocha);
process.exitCode = totals.failed > 0 ? 1 : 0;
process.send?.(totals);
if (process.connected) process.disconnect();
failOnLeak(tier);
