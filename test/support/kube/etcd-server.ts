/** The etcd of a test API server: one member, no fsync, controlled through its HTTP gateway (no etcdctl needed). */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Daemon } from "./daemon.ts";

/**
 * As kubeadm configures etcd. Without it the API server sends no bookmarks while no Secret changes: the version of the
 * watch cache does not advance, and a bookmark with the watch's own version is skipped.
 */
export const NOTIFIES_PROGRESS: readonly string[] = ["--watch-progress-notify-interval=5s"];

/** See the file comment. */
export class EtcdServer {
  readonly url: string;
  readonly #folder: string;
  readonly #dataFolder: string;
  readonly #binary: string;
  readonly #peerUrl: string;
  readonly #flags: readonly string[];
  #daemon: Daemon | undefined;

  /** @param deps binary, the folder for data and log, and two free loopback ports. */
  constructor(deps: {
    readonly binary: string;
    readonly folder: string;
    readonly port: number;
    readonly peerPort: number;
    readonly flags: readonly string[];
  }) {
    this.#flags = deps.flags;
    this.#binary = deps.binary;
    this.#folder = deps.folder;
    this.#dataFolder = join(deps.folder, "etcd");
    this.url = `http://127.0.0.1:${String(deps.port)}`;
    this.#peerUrl = `http://127.0.0.1:${String(deps.peerPort)}`;
  }

  /** The process, to check that it is running. */
  get daemon(): Daemon | undefined {
    return this.#daemon;
  }

  /** Starts it; the API server retries until it answers. */
  start(): void {
    this.#daemon = new Daemon({
      binary: this.#binary,
      logFile: join(this.#folder, "etcd.log"),
      args: [
        "--name=e",
        `--data-dir=${this.#dataFolder}`,
        "--unsafe-no-fsync",
        "--log-level=warn",
        ...this.#flags,
        `--listen-client-urls=${this.url}`,
        `--advertise-client-urls=${this.url}`,
        `--listen-peer-urls=${this.#peerUrl}`,
        `--initial-advertise-peer-urls=${this.#peerUrl}`,
        `--initial-cluster=e=${this.#peerUrl}`,
      ],
    });
  }

  /** Stops it and waits until it has ended. */
  async stop(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    await this.#daemon?.stop(signal);
  }

  /** Compacts at the current revision: older versions are deleted. Returns that revision. */
  async compact(): Promise<number> {
    const status = (await this.#call("maintenance/status", {})) as {
      readonly header: { readonly revision: string };
    };
    const { revision } = status.header;
    await this.#call("kv/compaction", { revision, physical: true });
    return Number(revision);
  }

  /** Copies the state of a stopped etcd; returns the copy's folder. */
  copyState(): string {
    const copy = mkdtempSync(join(this.#folder, "saved-"));
    cpSync(this.#dataFolder, copy, { recursive: true });
    return copy;
  }

  /** Replaces the state of a stopped etcd with a copy. */
  replaceState(copy: string): void {
    rmSync(this.#dataFolder, { recursive: true, force: true });
    cpSync(copy, this.#dataFolder, { recursive: true });
  }

  async #call(call: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.url}/v3/${call}`, { method: "POST", body: JSON.stringify(body) });
    if (!response.ok)
      throw new Error(`etcd ${call}: HTTP ${String(response.status)} ${await response.text()}`);
    return response.json();
  }
}
