/**
 * The bearer token of a TCP listener, read from its file again whenever the file changed (looked at once a second at
 * most). A file that cannot be read or is empty admits nobody.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import type { Clock } from "../../core/time/clock.ts";
import type { Log } from "../../log/events.ts";

/** How old our knowledge of the file may be. */
const LOOK_INTERVAL_MS = 1000;

const BEARER = /^Bearer +(\S+)$/i;

/** One token file. */
export class TokenFile {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #log: Log;
  #lookedAtMs = -Infinity;
  #version = "";
  #digest: Buffer | undefined;

  constructor(deps: { readonly path: string; readonly clock: Clock; readonly log: Log }) {
    this.#path = deps.path;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  /** Whether the `authorization` value carries the token. Takes the same time whatever it holds. */
  admits(authorization: string | undefined): boolean {
    this.#look();
    const token = BEARER.exec(authorization ?? "")?.[1] ?? "";
    const digest = digestOf(token);
    return (
      timingSafeEqual(this.#digest ?? digestOf(""), digest) && this.#digest !== undefined && token !== ""
    );
  }

  /** Whether there is a token now; for the start, which refuses to listen without one. */
  get isReadable(): boolean {
    this.#look();
    return this.#digest !== undefined;
  }

  #look(): void {
    const nowMs = this.#clock.nowMs();
    if (nowMs - this.#lookedAtMs < LOOK_INTERVAL_MS) return;
    this.#lookedAtMs = nowMs;
    try {
      const { mtimeMs, ino, size } = statSync(this.#path);
      const version = [mtimeMs, ino, size].join("/");
      if (version === this.#version) return;
      const token = readFileSync(this.#path, "utf8").trim();
      this.#version = version;
      this.#digest = token === "" ? undefined : digestOf(token);
      if (this.#digest === undefined)
        this.#log("rpc_token_unreadable", { file: this.#path, problem: "empty" });
    } catch (error) {
      if (this.#version !== "unreadable")
        this.#log("rpc_token_unreadable", { file: this.#path, problem: codeOf(error) });
      this.#version = "unreadable";
      this.#digest = undefined;
    }
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown";
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
