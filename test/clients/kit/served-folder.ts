/**
 * A bundled podkey that serves a folder of manifests to one consumer, at an address that stays the same when it restarts. Used by
 * the conformance tests. Invariants: a write into the folder is one change, and after waiting for it podkey serves the change.
 */
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCredentialClient } from "../../../src/client/index.ts";
import { freePorts } from "../../support/kube/free-ports.ts";
import type { Ended } from "../../support/process/run-podkey.ts";
import { RunningPodkey } from "../../support/process/run-podkey.ts";
import type { Place } from "./relay.ts";
import { Relay } from "./relay.ts";

/** The transport of an example. */
export type Transport = "unix" | "tcp";

/** Secrets of one file: name to key to value. */
export type Secrets = Readonly<Record<string, Readonly<Record<string, Uint8Array | string>>>>;

/** With more credentials podkey is STALE LIMIT at once. */
export const MAX_CREDENTIALS = 8;

/** See the file header. */
export class ServedFolder {
  readonly #folder = mkdtempSync(join(tmpdir(), "podkey-kit-"));
  readonly #program: string;
  /** The address that examples connect to. */
  readonly front: Place;
  readonly #back: Place;
  readonly #relay: Relay;
  #podkey: RunningPodkey | undefined;
  #isBehind = false;

  private constructor(program: string, ports: readonly number[] | undefined) {
    this.#program = program;
    const place = (index: number): Place => {
      const port = ports?.[index];
      if (port !== undefined) return { host: "127.0.0.1", port };
      return { path: join(this.#folder, `podkey-${String(index)}.sock`) };
    };
    [this.front, this.#back] = [place(0), place(1)];
    this.#relay = new Relay(this.front, this.#back);
    mkdirSync(join(this.#folder, "manifests"));
  }

  /** Starts nothing yet. @param program `podkey.js`. */
  static async make(program: string, transport: Transport): Promise<ServedFolder> {
    return new ServedFolder(program, transport === "tcp" ? await freePorts(2) : undefined);
  }

  /** The value of PODKEY_ENDPOINT for the examples. */
  get endpoint(): string {
    const place = this.front;
    return "path" in place ? `unix://${place.path}` : `${place.host}:${String(place.port)}`;
  }

  /** Replaces one file atomically: all its Secrets are one change. */
  write(file: string, secrets: Secrets): void {
    const documents = Object.entries(secrets).map(([name, values]) => {
      const data = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString("base64")]);
      return JSON.stringify({
        apiVersion: "v1",
        kind: "Secret",
        metadata: { name },
        data: Object.fromEntries(data) as unknown,
      });
    });
    writeFileSync(join(this.#folder, "next"), documents.join("\n---\n"));
    renameSync(join(this.#folder, "next"), join(this.#folder, "manifests", `${file}.yaml`));
  }

  /** Removes a file: all its Secrets are removed in one change. */
  remove(file: string): void {
    rmSync(join(this.#folder, "manifests", `${file}.yaml`));
  }

  /** Starts podkey, at the address or `behind` a relay that listens there. Resolves when it is ready. */
  async start({ behind = false } = {}): Promise<void> {
    this.#isBehind = behind;
    const config = join(this.#folder, "podkey.yaml");
    writeFileSync(config, configuration(behind ? this.#back : this.front));
    const source = [
      "--source",
      "manifests",
      "--manifests",
      join(this.#folder, "manifests"),
      "--namespace",
      "default",
    ];
    const limits = ["--max-credentials", String(MAX_CREDENTIALS)];
    this.#podkey = new RunningPodkey(
      ["serve", "--config", config, ...source, ...limits, "--admin", "none", "--log-format", "json"],
      { program: this.#program },
    );
    await this.#podkey.logged("app_ready");
    if (behind) await this.#relay.open();
  }

  /** Ends podkey with a signal, and the relay before it, if there is one. */
  async stop(signal: "SIGTERM" | "SIGKILL"): Promise<Ended | undefined> {
    this.#podkey?.kill(signal);
    const ended = await this.#podkey?.ended();
    this.#podkey = undefined;
    if (this.#isBehind) await this.#relay.cut();
    return ended;
  }

  /** Cuts the connections of the relay; podkey keeps running. */
  cut(): Promise<void> {
    return this.#relay.cut();
  }

  /** Opens the relay again. */
  restore(): Promise<void> {
    return this.#relay.open();
  }

  /** Changes the folder. Resolves with the number of messages in which podkey sent the change, after the last one. */
  async seeChange(names: readonly string[], act: () => void): Promise<number> {
    const place = this.#isBehind ? this.#back : this.front;
    const endpoint = "path" in place ? `unix:${place.path}` : `${place.host}:${String(place.port)}`;
    const client = openCredentialClient({ endpoint });
    let messages = 0;
    for await (const { event, change } of client.watch({ names: [...names] })) {
      if (event === "synced") act();
      if (change) messages++;
      if (change?.more === false) break;
    }
    client.close();
    return messages;
  }

  /** Ends everything and removes the folder. */
  async close(): Promise<void> {
    await this.stop("SIGKILL");
    rmSync(this.#folder, { recursive: true });
  }
}

/** One consumer; the step `deny` tests its rules. */
function configuration(place: Place): string {
  const listen = "path" in place ? `unix:${place.path}` : `tcp:${place.host}:${String(place.port)}`;
  const consumer = { name: "app", listen, allow: [{ names: ["db-main", "blob-a", "blob-b"] }] };
  return JSON.stringify({
    apiVersion: "config.podkey.dev/v1",
    kind: "SidecarConfiguration",
    consumers: [consumer],
  });
}
