/**
 * `watch NAME --key K --write FILE ...`: keeps the files equal to the values. After the first success a file that cannot be
 * written keeps its old value and is written again with backoff. Reports each action on stderr, never a value.
 */
import type { WatchState, WatchUpdate } from "../../client/index.ts";
import type { Timers } from "../../core/time/clock.ts";
import type { Output } from "../run/cli-deps.ts";
import { CliError } from "../run/cli-deps.ts";
import type { CommandRunner } from "./command-runner.ts";
import { humanSize } from "../output/size.ts";
import { retryDelayMs } from "./retry-delay.ts";
import { removeSecretFile, writeSecretFiles } from "./secret-files.ts";

/** A key and the file for its value. */
export interface Target {
  readonly key: string;
  readonly path: string;
}

/** The files, and what happens after they are written. */
export interface Delivery {
  readonly targets: readonly Target[];
  /** Runs once after all files of a change are written. */
  readonly runner: CommandRunner | undefined;
  readonly explain: (update: WatchUpdate & { readonly kind: "interrupted" }) => string;
  readonly stderr: Output;
  readonly timers: Timers;
  /** Whether the first failure ends the command; default: only one before the first success. */
  readonly failFast: boolean;
}

type Report = (sentence: string) => Promise<void>;

/** Returns when the updates end; after an error the caller ends them. @throws CliError if a file cannot be written at first, or at all with failFast. */
export async function deliverValues(updates: AsyncIterable<WatchUpdate>, delivery: Delivery): Promise<void> {
  const attempts = new Attempts(delivery, reportTo(delivery.stderr));
  const iterator = updates[Symbol.asyncIterator]();
  let next = iterator.next();
  try {
    for (;;) {
      const due = await Promise.race([next, attempts.retryDue()]);
      if (due === "retry") await attempts.attempt();
      else if (due.done === true) return;
      else {
        next = iterator.next();
        await attempts.take(due.value);
      }
    }
  } finally {
    attempts.stop();
    // The pending update is not awaited; its failure must not end the process.
    void next.catch(() => undefined);
  }
}

/** Repeated attempts fail with the same sentence, which is written once. */
function reportTo(stderr: Output): Report {
  let last = "";
  return async (sentence) => {
    if (sentence !== last) await stderr.write(`podkey: ${sentence}\n`);
    last = sentence;
  };
}

/** The newest state, and the attempts to write it. */
class Attempts {
  readonly #delivery: Delivery;
  readonly #report: Report;
  #state: WatchState | undefined;
  #failures = 0;
  #hasSucceeded = false;
  #retry: { readonly due: Promise<"retry">; readonly cancel: () => void } | undefined;

  constructor(delivery: Delivery, report: Report) {
    this.#delivery = delivery;
    this.#report = report;
  }

  /** Resolves when the next attempt is due; never without a failure. */
  retryDue(): Promise<"retry"> {
    return this.#retry?.due ?? new Promise(() => undefined);
  }

  async take(update: WatchUpdate): Promise<void> {
    if (update.kind === "interrupted") await this.#report(`${this.#delivery.explain(update)}; retrying`);
    else if (update.kind !== "heartbeat") {
      this.#state = update.state;
      await this.attempt();
    }
  }

  async attempt(): Promise<void> {
    this.stop();
    if (this.#state === undefined) return;
    try {
      const { found, written } = await deliver(this.#state, this.#delivery, this.#report);
      // A failed attempt may have written some of the files.
      if (written > 0 || this.#failures > 0) this.#delivery.runner?.request();
      this.#hasSucceeded ||= found > 0;
      this.#failures = 0;
    } catch (error) {
      if (this.#delivery.failFast || !this.#hasSucceeded || !(error instanceof CliError)) throw error;
      await this.#report(`${error.message}; the old value stays, retrying`);
      this.#failures += 1;
      const { promise, resolve } = Promise.withResolvers<"retry">();
      const delayMs = retryDelayMs(this.#failures);
      this.#retry = { due: promise, cancel: this.#delivery.timers.after(delayMs, () => resolve("retry")) };
    }
  }

  /** Cancels the next attempt. */
  stop(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
  }
}

/** Writes and removes the files for a state. Returns how many have a value, and how many were written. */
async function deliver(
  state: WatchState,
  { targets }: Delivery,
  report: Report,
): Promise<{ readonly found: number; readonly written: number }> {
  const [credential] = state.credentials.values();
  const found = targets.flatMap(({ key, path }) => {
    const value =
      credential !== undefined && Object.hasOwn(credential.data, key) ? credential.data[key] : undefined;
    return value === undefined ? [] : [{ key, path, value }];
  });
  for (const { key, path } of targets) {
    if (found.some((file) => file.path === path)) continue;
    const missing = credential === undefined ? "the credential is not served" : `there is no key ${key}`;
    const removed = await removeSecretFile(path);
    await report(removed ? `${missing} any more: removed ${path}` : `${missing}: waiting for it`);
  }
  const written = new Set((await writeSecretFiles(found)).map(({ path }) => path));
  for (const { key, path, value } of found.filter((file) => written.has(file.path))) {
    const what = `${credential?.namespace ?? ""}/${credential?.name ?? ""}, key ${key}`;
    await report(
      `wrote ${path} (${what}, ${humanSize(value.length)}, revision ${credential?.revision ?? ""})`,
    );
  }
  return { found: found.length, written: written.size };
}
