/**
 * What the kubernetes source costs in memory, measured on the bundle against the fake API server: the peak of listing
 * 5,000 Secrets of 5 KB, and what 100,000 changes of 20 Secrets leave behind. Run: `node bench/source-memory.ts`.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startFakeApiServer } from "../test/support/fake-api-server/fake-api-server.ts";
import { writeKubeconfig } from "../test/support/kube/kubeconfig.ts";

interface Memory {
  readonly rssBytes: number;
  readonly peakBytes: number;
}

const ROOT = join(import.meta.dirname, "..");

async function measure(fill: number, changes: number): Promise<readonly Memory[]> {
  const server = await startFakeApiServer();
  const put = (index: number, text: string): void => {
    server.putSecret("shop", `s${String(index)}`, { value: text });
  };
  for (let index = 0; index < fill; index += 1) put(index, "x".repeat(5_000));
  const folder = mkdtempSync(join(tmpdir(), "podkey-memory-"));
  const kubeconfig = writeKubeconfig(join(folder, "kubeconfig"), {
    url: server.url,
    caPem: server.caPem,
    identity: { kind: "token", token: "bench" },
    namespace: "shop",
  });
  const args = [
    "--expose-gc",
    "--import",
    join(ROOT, "bench/memory-probe.js"),
    join(ROOT, "dist/podkey.js"),
    "serve",
  ];
  const options = ["--kubeconfig", kubeconfig, "--admin", "none", "--listen", `unix:${join(folder, "s")}`];
  const child = spawn(process.execPath, [...args, ...options, "--log-format", "json"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const ready = new Promise<void>((resolve) => {
    createInterface(child.stdout).on("line", (line) => {
      if (line.includes('"app_ready"')) resolve();
    });
  });
  const answers: ((memory: Memory) => void)[] = [];
  createInterface(child.stderr).on("line", (line) => {
    if (line.startsWith("memory ")) answers.shift()?.(JSON.parse(line.slice(7)) as Memory);
    else process.stderr.write(`${line}\n`);
  });
  const ask = (): Promise<Memory> =>
    new Promise((resolve) => {
      answers.push(resolve);
      child.kill("SIGUSR2");
    });
  await ready;
  const all = [await ask()];
  for (let done = 0; done < changes;) {
    // Warm-up first: the code of changes is compiled by then, and the buffers of the connection have their size.
    const target = done === 0 ? Math.min(changes, 10_000) : changes;
    for (; done < target; done += 1) {
      put(done % 20, `${String(done)}-${"x".repeat(200)}`);
      if (done % 20 === 19) await new Promise((resolve) => setTimeout(resolve, 2));
    }
    all.push(await ask());
  }
  child.kill("SIGTERM");
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
  return all;
}

const mebi = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

const [idle] = await measure(0, 0);
const [listed] = await measure(5_000, 0);
const [small, warm, after] = await measure(20, 100_000);
if (!idle || !listed || !small || !warm || !after) throw new Error("a measurement is missing");
const ratio = (listed.peakBytes - idle.rssBytes) / (listed.rssBytes - idle.rssBytes);
console.log(
  `idle ${mebi(idle.rssBytes)}; 5,000 x 5 KB: peak ${mebi(listed.peakBytes)}, after gc ${mebi(listed.rssBytes)}, ratio ${ratio.toFixed(2)}`,
);
console.log(
  `20 Secrets: ${mebi(small.rssBytes)}, after 10,000 changes ${mebi(warm.rssBytes)}, after 100,000 ${mebi(after.rssBytes)}`,
);
