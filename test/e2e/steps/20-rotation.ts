/** Step 20: a rotated Secret reaches the running application. Also prints podkey's memory in the pod. */
import { expect } from "chai";
import type { Step } from "../bench.ts";
import { Tenant } from "../tenant.ts";
import { deployment } from "../workloads.ts";

/** From the write of the Secret to the line that the app prints, on a busy machine. */
const LIMIT_MS = 5_000;

/** See the file comment. */
export const ROTATION: Step = {
  number: "20",
  name: "a rotation reaches the app under another uid, without a restart",
  async run(bench) {
    const tenant = await Tenant.create(bench, "rotate");
    await tenant.putSecret("db", { password: "first" });
    await tenant.applyWithPodkey([deployment("web")]);
    const { name } = (await tenant.ready("web")).metadata;
    await tenant.appLine(name, "synced", ({ event }) => event === "synced");
    const delays: number[] = [];
    for (const value of ["second", "third", "fourth"]) {
      const writtenAtMs = Date.now();
      await tenant.putSecret("db", { password: value });
      const seen = await tenant.appLine(
        name,
        value,
        (line) => line.event === "changed" && line.value === value,
      );
      delays.push(seen.atMs - writtenAtMs);
    }
    bench.print(`Secret written -> seen by the app: ${delays.join(", ")} ms`);
    expect(Math.max(...delays)).to.be.below(LIMIT_MS);
    const events = tenant.appLines(name).map(({ event }) => event);
    expect(events.filter((event) => event === "start")).to.have.length(1);
    expect(events).to.not.include("read_failed");
    bench.print(await footprint(tenant, name));
    await tenant.end();
  },
};

/** Memory of podkey's process, the first of its container. */
async function footprint(tenant: Tenant, pod: string): Promise<string> {
  const program = "console.log(require('fs').readFileSync('/proc/1/status','utf8'))";
  const status = await tenant.exec(pod, "podkey", "/nodejs/bin/node", "-e", program);
  const mib = (field: string): string =>
    (Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) / 1024).toFixed(0);
  return `podkey in the pod: RSS ${mib("VmRSS")} MiB, peak ${mib("VmHWM")} MiB`;
}
