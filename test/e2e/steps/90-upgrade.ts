/**
 * Step 90: a rolling update from the previous image fails no read. Before it, a client of the new version reads from the
 * old server.
 */
import { expect } from "chai";
import type { Step } from "../bench.ts";
import { SkipStep } from "../bench.ts";
import { IMAGES } from "../images.ts";
import { Tenant } from "../tenant.ts";
import { deployment } from "../workloads.ts";

/** See the file comment. */
export const UPGRADE: Step = {
  number: "90",
  name: "a rolling update from the previous image fails no read, and the new client reads from the old server",
  async run(bench) {
    if (bench.archives?.previous === undefined)
      throw new SkipStep("this clone has no history to build a previous image from");
    const tenant = await Tenant.create(bench, "upgrade");
    await tenant.putSecret("db", { password: "first" });
    await tenant.applyWithPodkey([deployment("web")], {}, IMAGES.previous);
    const old = (await tenant.ready("web")).metadata.name;
    await tenant.appLine(old, "synced", ({ event }) => event === "synced");
    // The app's image has the new command line.
    const answer = await tenant.exec(old, "app", "podkey", "get", "db", "--key", "password", "-o", "raw");
    expect(answer).to.equal("first");

    await tenant.applyWithPodkey([deployment("web")]);
    await tenant.kubectl("rollout", "status", "deployment/web", "--timeout=60s");
    const pod = await tenant.podWhen("web", "of the new image", ({ spec }) =>
      (spec.initContainers ?? []).some(({ image }) => image === IMAGES.podkey),
    );
    const read = await tenant.appLine(
      pod.metadata.name,
      "its first read",
      ({ event }) => event === "first_read",
    );
    expect(read.value).to.equal("first");
    for (const name of [old, pod.metadata.name]) {
      const events = tenant.appLines(name).map(({ event }) => event);
      expect(events, name).to.not.include.members(["read_failed"]);
      expect(events, name).to.not.include("stream_ended");
    }
    await tenant.end();
  },
};
