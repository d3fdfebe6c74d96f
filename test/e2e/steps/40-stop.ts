/**
 * Step 40: the order of termination. The app's last instruction still reads a credential, podkey ends after it with exit
 * code 0, and a Job completes although podkey serves until it is stopped.
 */
import { expect } from "chai";
import type { Step } from "../bench.ts";
import { statusOf, Tenant } from "../tenant.ts";
import type { PodView } from "../tenant.ts";
import { deployment, job } from "../workloads.ts";

/** Keeps the pod object after its deletion, so that its last status can be read. */
const FINALIZER = "e2e.podkey.dev/seen";

/** See the file comment. */
export const STOP: Step = {
  number: "40",
  name: "app and sidecar stop in order, podkey with exit code 0, and a Job completes",
  async run(bench) {
    const tenant = await Tenant.create(bench, "stop");
    await tenant.putSecret("db", { password: "first" });
    const env = { APP_LINGER_MS: "2000" };
    await tenant.applyWithPodkey([
      deployment("web", { env, graceSeconds: 15, finalizers: [FINALIZER] }),
      job("once"),
    ]);
    await jobCompletes(tenant);
    await podStopsInOrder(tenant, bench.print);
    await tenant.end();
  },
};

async function jobCompletes(tenant: Tenant): Promise<void> {
  const succeeded = ["get", "job", "once", "-o", "jsonpath={.status.succeeded}"];
  await tenant.waitFor("the Job to complete", async () => (await tenant.kubectl(...succeeded)) === "1");
  const [pod] = await tenant.pods("once");
  if (pod === undefined) throw new Error("The Job has no pod.");
  expect(statusOf(pod, "podkey").state.terminated?.exitCode).to.equal(0);
  expect(tenant.appLines(pod.metadata.name).map(({ event }) => event)).to.deep.equal(["start", "first_read"]);
}

async function podStopsInOrder(tenant: Tenant, print: (line: string) => void): Promise<void> {
  const { name } = (await tenant.ready("web")).metadata;
  // Otherwise the Deployment would replace the pod.
  await tenant.kubectl("delete", "deployment", "web", "--cascade=orphan");
  await tenant.kubectl("delete", "replicasets", "--all", "--cascade=orphan");
  const linesAtEnd = tenant.holdAppLines(name);
  await tenant.kubectl("delete", "pod", name, "--wait=false");
  const ended = (pod: PodView, container: string): boolean =>
    pod.metadata.name === name && statusOf(pod, container).state.terminated !== undefined;
  const pod = await tenant.podWhen("web", "to end", (each) => ended(each, "app") && ended(each, "podkey"));
  const app = statusOf(pod, "app").state.terminated;
  const podkey = statusOf(pod, "podkey").state.terminated;
  const lines = linesAtEnd();
  const last = lines.at(-1);
  const sigterm = lines.find(({ event }) => event === "sigterm");
  await tenant.kubectl("patch", "pod", name, "--type=merge", "-p", '{"metadata":{"finalizers":null}}');
  expect(last).to.include({ event: "last_read", value: "first" });
  expect(app).to.include({ exitCode: 0 });
  expect(podkey).to.include({ exitCode: 0 });
  expect(Date.parse(podkey?.finishedAt ?? "")).to.be.at.least(Date.parse(app?.finishedAt ?? ""));
  expect(lines.map(({ event }) => event)).to.not.include("read_failed");
  print(
    `the app read for ${String((last?.atMs ?? 0) - (sigterm?.atMs ?? 0))} ms after its SIGTERM, podkey ended after it`,
  );
}
