/** Step 50: podkey is killed. The kubelet restarts it; the app keeps running, reconnects and misses no change. */
import { expect } from "chai";
import type { Step } from "../bench.ts";
import { statusOf, Tenant } from "../tenant.ts";
import { deployment } from "../workloads.ts";

/** See the file comment. */
export const KILLED: Step = {
  number: "50",
  name: "podkey is killed: the app keeps running, reconnects and gets the next change",
  async run(bench) {
    const tenant = await Tenant.create(bench, "killed");
    await tenant.putSecret("db", { password: "first" });
    await tenant.applyWithPodkey([deployment("web")]);
    const { name } = (await tenant.ready("web")).metadata;
    await tenant.appLine(name, "synced", ({ event }) => event === "synced");
    const killedAtMs = Date.now();
    await tenant.kill(name, "podkey");
    await tenant.appLine(name, "the end of its stream", ({ event }) => event === "stream_ended");
    const again = await tenant.appLine(
      name,
      "synced again",
      ({ event, atMs }) => event === "synced" && atMs > killedAtMs,
    );
    bench.print(`SIGKILL -> the app's Watch is synced again: ${String(again.atMs - killedAtMs)} ms`);
    await tenant.putSecret("db", { password: "second" });
    await tenant.appLine(name, "the change", ({ event, value }) => event === "changed" && value === "second");
    const pod = await tenant.podWhen(
      "web",
      "to show the restart",
      (each) => statusOf(each, "podkey").restartCount === 1,
    );
    expect(statusOf(pod, "app").restartCount).to.equal(0);
    expect(statusOf(pod, "podkey").lastState.terminated?.exitCode).to.equal(137);
    await tenant.end();
  },
};
