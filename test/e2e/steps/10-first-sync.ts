/** Step 10: the application starts only after podkey's first sync. */
import { expect } from "chai";
import type { Step } from "../bench.ts";
import { statusOf, Tenant } from "../tenant.ts";
import { APP_UID, deployment } from "../workloads.ts";

/** See the file comment. */
export const FIRST_SYNC: Step = {
  number: "10",
  name: "the app starts after the first sync, and its first instruction reads a credential under another uid",
  async run(bench) {
    const tenant = await Tenant.create(bench, "sync");
    // podkey waits for a Secret that does not exist yet.
    await tenant.applyWithPodkey([deployment("web")], { patches: [podkeyArgument("--require=db")] });
    const waiting = await tenant.podWhen("web", "to run podkey", (pod) =>
      (pod.status.initContainerStatuses ?? []).some(({ state }) => state.running !== undefined),
    );
    const { name } = waiting.metadata;
    await tenant.waitFor("podkey to log what it waits for", () =>
      Promise.resolve(tenant.log(name, "podkey").some((line) => line.includes("required"))),
    );
    const [before] = await tenant.pods("web");
    expect(before && statusOf(before, "podkey").started, "podkey started without the Secret").to.equal(false);
    expect(before && statusOf(before, "app").state.waiting?.reason).to.equal("PodInitializing");
    expect(tenant.log(name, "app"), "the app ran before the first sync").to.deep.equal([]);

    const createdAtMs = Date.now();
    await tenant.putSecret("db", { password: "first" });
    await tenant.ready("web");
    const start = await tenant.appLine(name, "start", ({ event }) => event === "start");
    const read = await tenant.appLine(name, "its first read", ({ event }) => event.startsWith("first_read"));
    expect(read).to.include({ event: "first_read", value: "first" });
    expect(start.uid).to.equal(APP_UID);
    expect(start.atMs).to.be.greaterThan(createdAtMs);
    bench.print(`Secret created -> the app's first instruction: ${String(start.atMs - createdAtMs)} ms`);
    await tenant.end();
  },
};

/** A patch of a kustomization that adds an option to podkey. */
export function podkeyArgument(argument: string): object {
  const patch = `- op: add\n  path: /spec/template/spec/initContainers/0/args/-\n  value: ${argument}\n`;
  return { target: { kind: "(Deployment|Job)" }, patch };
}
