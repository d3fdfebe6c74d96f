/**
 * The steps of README.md in code: what podkey does, and what every example must print then. Used by conformance.test.ts. The steps
 * build on each other.
 */
import { createHash } from "node:crypto";
import { expect } from "chai";
import type { ScriptRun } from "./script-run.ts";
import { NAMES } from "./script-run.ts";
import { MAX_CREDENTIALS } from "./served-folder.ts";

/** Name, sentence, and what happens. */
export type Step = readonly [name: string, sentence: string, play: (run: ScriptRun) => Promise<void>];

const MEBIBYTE = 1_048_576;
const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, byte) => byte);
const NO_UTF8 = Uint8Array.of(0xc3, 0x28);
const BIG = { "blob-a": new Uint8Array(MEBIBYTE).fill(1), "blob-b": new Uint8Array(MEBIBYTE).fill(2) };

const digest = (value: Uint8Array): string => `sha256:${createHash("sha256").update(value).digest("hex")}`;
const database = (password: string): { readonly "db-main": Record<string, string> } => ({
  "db-main": { username: "shop", password },
});
const current = (password: string): string => `current db-main password=${password} username=shop`;

/** In this order. */
export const STEPS: readonly Step[] = [
  [
    "late",
    "waits for a podkey that is not running yet",
    async (run) => {
      await run.expectReconnecting("UNAVAILABLE");
      run.served.write("database", database("first"));
      await run.served.start();
      await run.expectState(current("first"), "reset 1");
      await run.example.until("freshness", "fresh");
    },
  ],
  [
    "change",
    "shows an edit",
    async (run) => {
      run.served.write("database", database("second"));
      await run.expectState(current("second"), "changed 1");
    },
  ],
  [
    "binary",
    "keeps every byte",
    async (run) => {
      run.served.write("blobs", { "blob-a": { bytes: ALL_BYTES, empty: "", text: NO_UTF8 } });
      const values = `bytes=${digest(ALL_BYTES)} empty= text=${digest(NO_UTF8)}`;
      await run.expectState(`current blob-a ${values}`, "changed 2");
    },
  ],
  [
    "pieces",
    "applies a change of 2 MiB in several parts in one step",
    async (run) => {
      const both = { "blob-a": { big: BIG["blob-a"] }, "blob-b": { big: BIG["blob-b"] } };
      const parts = await run.served.seeChange(NAMES, () => run.served.write("blobs", both));
      expect(parts, "parts that podkey sends").to.be.greaterThan(1);
      await run.expectState(
        `current blob-a big=${digest(BIG["blob-a"])}`,
        `current blob-b big=${digest(BIG["blob-b"])}`,
        "changed 3",
      );
    },
  ],
  [
    "remove",
    "does not return a removed credential",
    async (run) => {
      run.served.write("blobs", { "blob-b": { big: BIG["blob-b"] } });
      await run.expectState("removed blob-a", "changed 2");
    },
  ],
  [
    "stale",
    "reports that its credentials may be old, and later that they are current",
    async (run) => {
      run.example.drain("freshness");
      const others = Array.from({ length: MAX_CREDENTIALS }, (_, index) => `other-${String(index)}`);
      run.served.write("others", Object.fromEntries(others.map((name) => [name, {}])));
      expect(await run.example.next("freshness")).to.equal("stale LIMIT");
      run.served.remove("others");
      expect(await run.example.next("freshness")).to.equal("fresh");
    },
  ],
  [
    "shut down",
    "keeps its credentials while podkey restarts, and reports no change for equal content",
    async (run) => {
      run.example.drain("connection");
      expect((await run.served.stop("SIGTERM"))?.code, "exit code of podkey").to.equal(0);
      await run.expectReconnecting("UNAVAILABLE");
      await run.served.start({ behind: true });
      await run.expectState("reset 2");
    },
  ],
  [
    "resume",
    "resumes from its token after the connection was cut",
    async (run) => {
      run.example.drain("connection");
      await run.served.cut();
      await run.expectReconnecting();
      await run.served.seeChange(NAMES, () => run.served.write("database", database("third")));
      await run.served.restore();
      await run.expectState(current("third"), "changed 2", "resumed 2");
    },
  ],
  [
    "restart",
    "replaces its credentials when podkey starts after a crash with different content",
    async (run) => {
      run.example.drain("connection");
      await run.served.stop("SIGKILL");
      await run.expectReconnecting();
      run.served.write("database", database("fourth"));
      run.served.remove("blobs");
      await run.served.start();
      await run.expectState("removed blob-b", current("fourth"), "reset 1");
    },
  ],
  [
    "get",
    "reads one value, and reports a name that does not exist",
    async (run) => {
      const got = run.run("get", "db-main", "password");
      expect(await got.next("state")).to.equal("fourth");
      expect(await got.exited()).to.equal(0);
      await run.expectRefused(["get", "blob-a", "bytes"], "NOTFOUND");
    },
  ],
  [
    "deny",
    "does not retry what no rule allows",
    async (run) => {
      await run.expectRefused(["get", "forbidden", "key"], "PERMISSIONDENIED");
      await run.expectRefused(["live", "forbidden"], "PERMISSIONDENIED");
    },
  ],
  [
    "end",
    "printed no unexpected line",
    async (run) => {
      await run.example.kill();
      expect(run.example.drain("state"), run.example.transcript).to.deep.equal([]);
    },
  ],
];
