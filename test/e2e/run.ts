/**
 * `npm run test:e2e`: podkey in real pods on a real node, in numbered steps. The teardown always runs and is checked;
 * after a failure the logs are kept. `-- --resume` continues at the step that failed, `-- --from 60` at any other. Needs
 * root on a Debian machine; installs Debian's containerd and buildah. On other machines all steps are skipped.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { takeBuildLock } from "../kube/build-lock.ts";
import { cacheFolder } from "../support/cache-folder.ts";
import { SkipStep } from "./bench.ts";
import type { Bench, Step } from "./bench.ts";
import { keepLogs } from "./keep-logs.ts";
import { leftovers, removeLeftovers } from "./leftovers.ts";
import { whyImpossible } from "./preflight.ts";
import { clearFailure, readFailure, writeFailure } from "./resume.ts";
import { CLUSTER_STEPS } from "./steps/00-cluster.ts";
import { FIRST_SYNC } from "./steps/10-first-sync.ts";
import { ROTATION } from "./steps/20-rotation.ts";
import { CONSUMERS } from "./steps/30-consumers.ts";
import { STOP } from "./steps/40-stop.ts";
import { KILLED } from "./steps/50-killed.ts";
import { APISERVER_DOWN } from "./steps/60-apiserver-down.ts";
import { RBAC } from "./steps/70-rbac.ts";
import { INJECTED } from "./steps/80-injection.ts";
import { SMOKE } from "./steps/85-smoke.ts";
import { UPGRADE } from "./steps/90-upgrade.ts";

const STEPS: readonly Step[] = [
  ...CLUSTER_STEPS,
  ...[FIRST_SYNC, ROTATION, CONSUMERS, STOP, KILLED, APISERVER_DOWN, RBAC, INJECTED, SMOKE, UPGRADE],
];

const counts = { passed: 0, failed: 0, skipped: 0 };
/** Aborted by a signal: the current step ends, then the teardown runs. */
const stop = new AbortController();

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Runs one step and counts it; false if the run must end. */
async function runStep(step: Step, bench: Bench): Promise<boolean> {
  const title = `${step.number} ${step.name}`;
  const startedMs = performance.now();
  const seconds = (): string => `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
  print(`  .. ${title}`);
  try {
    await step.run(bench);
    counts.passed += 1;
    print(`  ok ${title} (${seconds()})`);
    return true;
  } catch (error) {
    if (error instanceof SkipStep) {
      counts.skipped += 1;
      print(`SKIP ${title}: ${error.message}`);
      return true;
    }
    counts.failed += 1;
    print(`FAIL ${title} (${seconds()})\n${error instanceof Error ? error.message : String(error)}`);
    if (step.isSetup !== true) writeFailure(step.number);
    return false;
  }
}

/** Removes everything; anything left behind counts as a failure. */
async function tearDown(bench: Bench): Promise<void> {
  const startedMs = performance.now();
  print("  .. 99 teardown");
  if (counts.failed > 0) print(`     logs are kept in ${await keepLogs(bench)}`);
  await bench.node?.down();
  rmSync(bench.folder, { recursive: true, force: true });
  const left = await leftovers();
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  if (left.length === 0) counts.passed += 1;
  else counts.failed += 1;
  print(left.length === 0 ? `  ok 99 teardown (${seconds} s)` : `FAIL 99 teardown left: ${left.join(", ")}`);
}

function chosenSteps(): readonly Step[] {
  const { values } = parseArgs({
    options: { resume: { type: "boolean", default: false }, from: { type: "string" } },
  });
  const from = values.from ?? (values.resume ? readFailure() : undefined);
  if (from === undefined) return STEPS;
  return STEPS.filter(({ isSetup, number }) => isSetup === true || number >= from);
}

async function main(): Promise<void> {
  const steps = chosenSteps();
  const impossible = whyImpossible();
  if (impossible !== undefined) {
    print(`SKIPPED, all of it: ${impossible}`);
    counts.skipped = STEPS.length;
    return;
  }
  // One run at a time: two would share the address, the bridge and the cgroups.
  const release = await takeBuildLock({
    path: join(cacheFolder("e2e"), "lock"),
    pollMs: 1_000,
    onWait: (pid) => print(`Another run (process ${String(pid)}) is active; waiting for it.`),
  });
  if ((await leftovers()).length > 0) {
    print("  .. removing what a killed run left");
    await removeLeftovers();
  }
  const bench: Bench = {
    folder: mkdtempSync(join(tmpdir(), "podkey-e2e-")),
    print: (line) => print(`     ${line}`),
  };
  // The first signal ends the step and runs the teardown; the second ends the process at once.
  // test/support/kube/daemon.ts exits at SIGTERM, which would skip the teardown.
  process.removeAllListeners("SIGTERM");
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());
  try {
    for (const step of steps) if (stop.signal.aborted || !(await runStep(step, bench))) break;
  } finally {
    await tearDown(bench);
    release();
  }
  if (counts.failed === 0 && !stop.signal.aborted) clearFailure();
  counts.skipped += STEPS.length + 1 - counts.passed - counts.failed - counts.skipped;
}

await main();
print(`${String(counts.passed)} passed, ${String(counts.failed)} failed, ${String(counts.skipped)} skipped`);
if (counts.failed > 0 || stop.signal.aborted) process.exitCode = 1;
