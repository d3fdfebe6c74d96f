/**
 * Reads the Secrets of manifest files without holding up the event loop: small files in this thread, large ones in a
 * worker thread with a limit of memory and time.
 */
import { once } from "node:events";
import { extname } from "node:path";
import { setImmediate } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Timers } from "../../core/time/clock.ts";
import type { ManifestFault } from "./parse-file.ts";
import { readFile, structureOf } from "./read-file.ts";
import type { BatchReply, BatchRequest } from "./read-file-worker.ts";
import type { SecretManifest } from "./read-secret.ts";

/** A file up to this size, with at most so much structure, is read in this thread; measured at up to 15 ms. */
const INLINE_BYTES = 64 * 1024;
const INLINE_STRUCTURE = 2_000;
/** A file takes up to 1.4 s of processor time, measured on 4 MiB of anchors. */
const READ_TIMEOUT_MS = 60_000;
/**
 * Never reached with the MAX_STRUCTURE of read-file.ts, and must not be: V8 can abort the whole process when a worker thread exceeds its heap.
 */
const HEAP_MB = 512;

/** The file cannot be used. */
export class BrokenFileError extends Error {
  readonly fault: ManifestFault;

  constructor(fault: ManifestFault) {
    super(fault.why);
    this.name = "BrokenFileError";
    this.fault = fault;
  }
}

/** Reads one file at a time. The worker thread starts with the first large file and ends with `close`. */
export class FileReader {
  readonly #timers: Timers;
  #worker: Worker | undefined;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** The Secrets of a file in batches. @throws BrokenFileError */
  async *read(bytes: Uint8Array, defaultNamespace: string): AsyncGenerator<readonly SecretManifest[]> {
    if (bytes.byteLength <= INLINE_BYTES && structureOf(bytes) <= INLINE_STRUCTURE) {
      yield secretsOf(readFile(bytes, defaultNamespace));
      return;
    }
    let batch = secretsOf(await this.#request({ bytes, defaultNamespace }));
    while (batch.length > 0) {
      // Receiving a batch takes time already; the caller handles it in the next turn.
      await setImmediate();
      yield batch;
      batch = secretsOf(await this.#request("next"));
    }
  }

  /** Ends the worker thread. */
  async close(): Promise<void> {
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  async #request(request: BatchRequest): Promise<BatchReply> {
    this.#worker ??= startWorker();
    const worker = this.#worker;
    const settled = new AbortController();
    const cancelTimer = this.#timers.after(READ_TIMEOUT_MS, () => void worker.terminate());
    try {
      worker.postMessage(request);
      const reply = once(worker, "message", settled);
      const exit = once(worker, "exit", settled).then(() => ({ line: 1, why: TOO_SLOW }));
      const first = await Promise.race([reply, exit]);
      return Array.isArray(first) ? (first[0] as BatchReply) : first;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      return { line: 1, why: CRASHED };
    } finally {
      cancelTimer();
      settled.abort();
    }
  }
}

const TOO_SLOW = `the file takes longer than ${String(READ_TIMEOUT_MS / 1000)} s to parse; split it`;
const CRASHED = "the parser failed, which is a bug in podkey; report it with the kind of the file's content";

/** Without an environment, so that it does not hold variables of the process. */
function startWorker(): Worker {
  const file = new URL(`./read-file-worker${extname(import.meta.url)}`, import.meta.url);
  return new Worker(file, { env: {}, resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
}

function secretsOf(read: readonly SecretManifest[] | ManifestFault): readonly SecretManifest[] {
  if ("why" in read) throw new BrokenFileError(read);
  return read;
}
