/**
 * Shows the progress of a run. On a terminal it rewrites one line with a bar and an estimate of the time left; in a log it
 * writes one line per round.
 */
import { createLogUpdate } from "log-update";

const BAR_CELLS = 24;

/** Shows the progress of one benchmark. */
export class Progress {
  readonly #name: string;
  readonly #rounds: number;
  readonly #startedMs = performance.now();
  readonly #live = process.stdout.isTTY ? createLogUpdate(process.stdout) : undefined;

  constructor(name: string, rounds: number) {
    this.#name = name;
    this.#rounds = rounds;
    this.#live?.(this.#line(0));
  }

  /** This many rounds are done. */
  round(done: number): void {
    if (this.#live === undefined) process.stdout.write(`${this.#line(done)}\n`);
    else this.#live(this.#line(done));
    if (done === this.#rounds) this.#live?.clear();
  }

  #line(done: number): string {
    const filled = Math.round((done / this.#rounds) * BAR_CELLS);
    const bar = `${"█".repeat(filled)}${"░".repeat(BAR_CELLS - filled)}`;
    const seconds = (performance.now() - this.#startedMs) / 1000;
    const left = done === 0 ? "" : `, ${String(Math.round((seconds / done) * (this.#rounds - done)))} s left`;
    return `  ${this.#name} ${bar} round ${String(done)} of ${String(this.#rounds)}${left}`;
  }
}
