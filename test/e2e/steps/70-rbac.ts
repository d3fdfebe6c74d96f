/**
 * Step 70: podkey has no right to read Secrets. The pod waits and the log names the missing right; with a first-sync
 * timeout the container's last state has it too. After the grant the pod starts by itself.
 */
import { expect } from "chai";
import { join } from "node:path";
import type { Step } from "../bench.ts";
import { statusOf, Tenant } from "../tenant.ts";
import { deployment } from "../workloads.ts";
import { podkeyArgument } from "./10-first-sync.ts";

const BASE = join(import.meta.dirname, "..", "..", "..", "deploy", "kustomize", "base");

/** See the file comment. */
export const RBAC: Step = {
  number: "70",
  name: "RBAC missing: the pod waits, log and lastState give the reason, and it starts after the grant",
  async run(bench) {
    const tenant = await Tenant.create(bench, "rbac", { isAllowed: false });
    await tenant.putSecret("db", { password: "first" });
    await tenant.applyWithPodkey([deployment("patient")]);
    await tenant.applyWithPodkey([deployment("hasty")], {
      patches: [podkeyArgument("--first-sync-timeout=3s")],
    });

    const hasty = await tenant.podWhen("hasty", "to give up once", (pod) =>
      (pod.status.initContainerStatuses ?? []).some(({ lastState }) => lastState.terminated !== undefined),
    );
    const ended = statusOf(hasty, "podkey").lastState.terminated;
    expect(ended).to.include({ exitCode: 3 });
    expect(ended?.message).to.match(/forbids to list and watch Secrets \(403\)/);
    bench.print(`lastState: ${String(ended?.message).trim()}`);

    const patient = await tenant.podWhen("patient", "to run podkey", (pod) =>
      (pod.status.initContainerStatuses ?? []).some(({ state }) => state.running !== undefined),
    );
    const { name } = patient.metadata;
    await tenant.waitFor("podkey to log the missing right", () =>
      Promise.resolve(
        tenant.log(name, "podkey").some((line) => /FORBIDDEN/.test(line) && /secrets/.test(line)),
      ),
    );
    expect(patient.status.phase).to.equal("Pending");
    expect(tenant.log(name, "app")).to.deep.equal([]);

    await tenant.kubectl("apply", "-k", BASE);
    const read = await tenant.appLine(name, "its first read", ({ event }) => event === "first_read", 60_000);
    expect(read.value).to.equal("first");
    const [after] = await tenant.pods("patient");
    expect(after && statusOf(after, "podkey").restartCount).to.equal(0);
    await tenant.end();
  },
};
