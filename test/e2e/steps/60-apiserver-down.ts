/**
 * Step 60: the API server is down. An app that starts beside a synced podkey reads its credential. A podkey that starts
 * has nothing to serve and reports it, while the app keeps running. Both recover when the API server is back.
 */
import { expect } from "chai";
import type { Step } from "../bench.ts";
import { up } from "../bench.ts";
import { Tenant } from "../tenant.ts";
import type { AppLine } from "../tenant.ts";
import { deployment } from "../workloads.ts";

/** gRPC's UNAVAILABLE (not running) and DEADLINE_EXCEEDED (not synced). */
const UNAVAILABLE_CODES = [14, 4];

/** See the file comment. */
export const APISERVER_DOWN: Step = {
  number: "60",
  name: "API server down: the app starts beside a synced podkey; a restarted podkey waits, and recovers",
  async run(bench) {
    const { server } = up(bench);
    const tenant = await Tenant.create(bench, "outage");
    await tenant.putSecret("db", { password: "first" });
    await tenant.applyWithPodkey([deployment("web")]);
    const { name } = (await tenant.ready("web")).metadata;
    await tenant.appLine(name, "synced", ({ event }) => event === "synced");
    const since = (atMs: number, event: string) => (line: AppLine) =>
      line.atMs > atMs && line.event === event;

    await server.stopApiServer();
    try {
      const appKilledAtMs = Date.now();
      await tenant.kill(name, "app");
      const first = await tenant.appLine(name, "its first read", since(appKilledAtMs, "first_read"), 60_000);
      expect(first.value).to.equal("first");

      const podkeyKilledAtMs = Date.now();
      await tenant.kill(name, "podkey");
      const failed = await tenant.appLine(
        name,
        "a failed read",
        since(podkeyKilledAtMs, "read_failed"),
        60_000,
      );
      expect(UNAVAILABLE_CODES).to.include(failed.code);
      await tenant.waitFor(
        "the new podkey to log that the API server is unreachable",
        () =>
          Promise.resolve(
            podkeyRestarts(tenant.log(name, "podkey")) >= 2 &&
              tenant.log(name, "podkey").at(-1)?.includes("UNREACHABLE") === true,
          ),
        60_000,
      );
    } finally {
      await server.startApiServer();
    }
    const backAtMs = Date.now();
    const read = await tenant.appLine(name, "a read again", since(backAtMs, "read"), 60_000);
    expect(read.value).to.equal("first");
    bench.print(`API server back -> the app reads again: ${String(read.atMs - backAtMs)} ms`);
    expect(tenant.appLines(name).filter(({ event }) => event === "start")).to.have.length(2);
    await tenant.ready("web");
    await tenant.end();
  },
};

function podkeyRestarts(log: readonly string[]): number {
  return log.filter((line) => line.includes('"event":"started"')).length;
}
