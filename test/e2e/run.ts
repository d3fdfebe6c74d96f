/**
 * `npm run test:e2e`: podkey in real pods on a real node. Numbered steps, each with its time; teardown always runs; on
 * failure the logs are printed. Needs root on a Debian machine; installs Debian's containerd and buildah itself.
 */
import { expect } from "chai";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildImages } from "./images.ts";
import { KubeNode } from "./kube-node.ts";
import { NAMESPACE, writeWorkloads } from "./pods.ts";
import { preflight } from "./preflight.ts";
import { runCommand } from "./run-command.ts";
import { waitUntil } from "./wait-until.ts";

const ROOT = join(import.meta.dirname, "..", "..");

/** What the steps share. */
interface Bench {
  readonly folder: string;
  assets: string;
  archives: readonly string[];
  node: KubeNode | undefined;
}

/** One step; the name is what the report shows. */
interface Step {
  readonly name: string;
  readonly run: (bench: Bench) => Promise<void>;
}

const SERVED = { "podkey.dev/serve": "true" };

const STEPS: readonly Step[] = [
  {
    name: "00 machine: root, packages, Kubernetes binaries",
    async run(bench) {
      bench.assets = await preflight(say);
    },
  },
  {
    name: "01 images: podkey on a local base, pause",
    async run(bench) {
      await runCommand(process.execPath, [join(ROOT, "tools/build.ts")]);
      bench.archives = await buildImages(bench.folder);
    },
  },
  {
    name: "02 cluster: API server, containerd, node ready",
    async run(bench) {
      const node = await KubeNode.start(bench.assets);
      bench.node = node;
      await node.startContainerd(bench.archives);
      await node.startNode();
      const restricted = { "pod-security.kubernetes.io/enforce": "restricted" };
      await node.server.objects.createNamespace(NAMESPACE, restricted);
    },
  },
  {
    name: "10 the app starts after the first sync and reads a credential under another uid",
    async run(bench) {
      const node = up(bench);
      await node.server.objects.putSecret(NAMESPACE, "db", { labels: SERVED, data: { password: "first" } });
      const workloads = writeWorkloads(join(bench.folder, "workloads"));
      const text = await node.kubectl("kustomize", "--load-restrictor", "LoadRestrictionsNone", workloads);
      writeFileSync(rendered(bench), text);
      await node.kubectl("apply", "-l", "app.kubernetes.io/name=podkey", "-f", rendered(bench));
      await waitUntil(
        "the ConfigMap kube-root-ca.crt",
        () => succeeds(node, "-n", NAMESPACE, "get", "configmap", "kube-root-ca.crt"),
        { limitMs: 30_000 },
      );
      await node.kubectl("apply", "-f", rendered(bench));
      await podReady(node, "web");
      expect(await read(node)).to.equal("first");
    },
  },
  {
    name: "20 a rotation reaches the app",
    async run(bench) {
      const node = up(bench);
      await node.server.objects.putSecret(NAMESPACE, "db", { labels: SERVED, data: { password: "second" } });
      await waitUntil("the new password", async () => (await read(node)) === "second", { limitMs: 10_000 });
    },
  },
  {
    name: "30 no app container holds a token",
    async run(bench) {
      const list =
        "console.log(require('fs').existsSync('/var/run/secrets/kubernetes.io/serviceaccount/token'))";
      const seen = await exec(up(bench), "app", "/nodejs/bin/node", "-e", list);
      expect(seen.trim()).to.equal("false");
    },
  },
  {
    name: "40 the Job with podkey beside it completes, having read the credential",
    async run(bench) {
      const node = up(bench);
      const status = ["-n", NAMESPACE, "get", "job", "once", "-o", "jsonpath={.status.succeeded}"];
      await waitUntil("the Job to complete", async () => (await node.kubectl(...status)) === "1", {
        limitMs: 30_000,
        explain: () => describePods(node),
      });
      expect(await node.kubectl("-n", NAMESPACE, "logs", "job/once", "-c", "app")).to.match(
        /^(first|second)$/,
      );
    },
  },
  {
    name: "50 podkey ends: restarted alone, the app goes on and reads again",
    async run(bench) {
      const node = up(bench);
      const status = ["-n", NAMESPACE, "get", "pods", "-l", "app=web", "-o"];
      const restarts = "jsonpath={.items[0].status.initContainerStatuses[0].restartCount}";
      await exec(node, "podkey", "/nodejs/bin/node", "-e", "process.kill(1,'SIGTERM')");
      await waitUntil(
        "podkey to be restarted",
        async () => (await node.kubectl(...status, restarts)) === "1",
        {
          limitMs: 30_000,
          explain: () => describePods(node),
        },
      );
      await podReady(node, "web");
      expect(await read(node)).to.equal("second");
      const app = "jsonpath={.items[0].status.containerStatuses[0].restartCount}";
      expect(await node.kubectl(...status, app)).to.equal("0");
    },
  },
];

function say(line: string): void {
  process.stdout.write(`     ${line}\n`);
}

function up(bench: Bench): KubeNode {
  if (bench.node === undefined) throw new Error("The cluster is not up.");
  return bench.node;
}

function rendered(bench: Bench): string {
  return join(bench.folder, "rendered.yaml");
}

async function succeeds(node: KubeNode, ...args: readonly string[]): Promise<boolean> {
  return node.kubectl(...args).then(
    () => true,
    () => false,
  );
}

function exec(node: KubeNode, container: string, ...command: readonly string[]): Promise<string> {
  return node.kubectl("-n", NAMESPACE, "exec", "deploy/web", "-c", container, "--", ...command);
}

async function read(node: KubeNode): Promise<string> {
  return exec(node, "app", "podkey", "get", "db", "--key", "password", "-o", "raw");
}

/** What a person would look at first. */
async function describePods(node: KubeNode): Promise<string> {
  const described = await node.kubectl("-n", NAMESPACE, "describe", "pods").catch(String);
  const logs = ["-n", NAMESPACE, "logs", "-l", "app", "--all-containers", "--prefix", "--tail=20"];
  return `${described}\n${await node.kubectl(...logs).catch(String)}`;
}

async function podReady(node: KubeNode, app: string): Promise<void> {
  const ready = "jsonpath={.items[0].status.conditions[?(@.type=='Ready')].status}";
  await waitUntil(
    `a pod of ${app} to be ready`,
    async () =>
      (await node.kubectl("-n", NAMESPACE, "get", "pods", "-l", `app=${app}`, "-o", ready)) === "True",
    { limitMs: 60_000, explain: () => describePods(node) },
  );
}

const bench: Bench = {
  folder: mkdtempSync(join(tmpdir(), "podkey-e2e-")),
  assets: "",
  archives: [],
  node: undefined,
};
let passed = 0;
let failed = 0;
try {
  for (const step of STEPS) {
    const startedMs = performance.now();
    process.stdout.write(`  .. ${step.name}\n`);
    await step.run(bench);
    passed += 1;
    process.stdout.write(`  ok ${step.name} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)\n`);
  }
} catch (error) {
  failed += 1;
  process.stdout.write(
    `FAIL ${error instanceof Error ? error.message : String(error)}\n${bench.node?.logs() ?? ""}\n`,
  );
} finally {
  const startedMs = performance.now();
  await bench.node?.down();
  rmSync(bench.folder, { recursive: true, force: true });
  process.stdout.write(`  ok 99 teardown (${((performance.now() - startedMs) / 1000).toFixed(1)} s)\n`);
}
process.stdout.write(
  `${String(passed)} passed, ${String(failed)} failed, ${String(STEPS.length - passed - failed)} skipped\n`,
);
process.exitCode = failed === 0 ? 0 : 1;
