/**
 * What was true at the server, and when: each state of the selection with the time from which it held. Knows whether a
 * served state was ever true (no phantom, nothing torn), and whether it was true as late as its freshness claims.
 */
import { inOneWord } from "./history-reader.ts";
import type { HistoryServer } from "./history-server.ts";
import type { HistoryTime } from "./history-time.ts";

/** Time that an answer may be under way; a proof is as of its arrival. */
const UNDER_WAY_MS = 50;

interface Epoch {
  readonly fromMs: number;
  readonly word: string;
}

/** See the file comment. */
export class Truth {
  readonly #server: HistoryServer;
  readonly #time: HistoryTime;
  readonly #epochs: Epoch[] = [];
  readonly #words = new Set<string>();
  #isPaused = false;

  constructor(server: HistoryServer, time: HistoryTime) {
    this.#server = server;
    this.#time = time;
    // Every write is noted as it happens, also the two of one recreate.
    server.store.onChange(() => {
      this.note();
    });
    this.note();
  }

  /** Stops the checks until quiescence, because the server itself gives wrong answers. */
  pause(): void {
    this.#isPaused = true;
  }

  /** The state at the server now. */
  now(): ReadonlyMap<string, string> {
    const words = this.#server.selected().map(({ metadata, data }) => {
      const value = Buffer.from(data?.["k"] ?? "", "base64").toString();
      return [metadata.name, inOneWord(metadata.uid, value)] as const;
    });
    return new Map(words);
  }

  /** Notes the state of now, if it is another one. */
  note(): void {
    const word = wordOf(this.now());
    if (this.#epochs.at(-1)?.word === word) return;
    this.#epochs.push({ fromMs: this.#time.nowMs(), word });
    this.#words.add(word);
  }

  /** @throws Error if this state was never true. */
  checkTrue(state: ReadonlyMap<string, string>): void {
    if (!this.#isPaused && !this.#words.has(wordOf(state)))
      throw new Error(`{${wordOf(state)}} was never true`);
  }

  /** @throws Error if this state was not true at any time since `ageMs` ago. */
  checkFresh(state: ReadonlyMap<string, string>, ageMs: number): void {
    if (this.#isPaused) return;
    const sinceMs = this.#time.nowMs() - ageMs - UNDER_WAY_MS;
    const word = wordOf(state);
    const wasTrue = this.#epochs.some(
      (epoch, index) => epoch.word === word && (this.#epochs[index + 1]?.fromMs ?? Infinity) >= sinceMs,
    );
    if (!wasTrue)
      throw new Error(
        `FRESH with an age of ${String(Math.round(ageMs))} ms, but {${word}} was not true then`,
      );
  }
}

function wordOf(state: ReadonlyMap<string, string>): string {
  return [...state]
    .map(([name, word]) => `${name}=${word}`)
    .sort()
    .join(" ");
}
