/**
 * The memory of the kubernetes source, measured on the bundle with the fake API server: the peak of listing 5,000 Secrets of
 * 5 KB, and the growth after 100,000 changes of 20 Secrets. Run: `node bench/source-memory.ts`; exit
 * code 1 if a bound does not hold.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { startFakeApiServer } from "../test/support/fake-api-server/fake-api-server.ts";
import { writeKubeconfig } from "../test/support/kube/kubeconfig.ts";

interface Memory {
  readonly rssBytes: number;
  readonly heapBytes: number;
  readonly peakBytes: number;
}

/** Peak of a list above idle, at most this many times what stays after the list. */
const LIST_RATIO = 2.5;

/** Resident memory after all changes, at most this many times the memory after the warm-up. */
const CHANGES_RATIO = 1.05;

const CHANGES = 100_000;

/**
 * The first changes make V8 compile the code of changes, which costs once: the heap grows by 1 MiB, the rest is code and what
 * glibc keeps of the compiler's memory in the arenas of its threads. That is Node's, not podkey's: a bare watch client of
 * forty lines grows by the same part in the same run (1.16 and 1.17, from the synced state), and flags of V8 or
 * MALLOC_ARENA_MAX leave 1.06 at best. So the bound is taken from here; both other figures are shown beside it.
 */
const WARM_UP = 10_000;

const ROOT = join(import.meta.dirname, "..");

/** Memory at the first sync, and after each of these counts of changes in all. */
async function measure(
  fill: number,
  stops: readonly number[],
  who: "podkey" | "bare" = "podkey",
): Promise<readonly Memory[]> {
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
  const probe = ["--expose-gc", "--import", join(ROOT, "bench/memory-probe.js")];
  writeFileSync(join(folder, "ca.pem"), server.caPem);
  const bare = [join(ROOT, "bench/reference/bare-watch.js"), server.url, join(folder, "ca.pem")];
  const options = ["--kubeconfig", kubeconfig, "--admin", "none", "--listen", `unix:${join(folder, "s")}`];
  const child = spawn(
    process.execPath,
    who === "bare"
      ? [...probe, ...bare]
      : [...probe, join(ROOT, "dist/podkey.js"), "serve", ...options, "--log-format", "json"],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
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
  let done = 0;
  for (const stop of stops) {
    for (; done < stop; done += 1) {
      put(done % 20, `${String(done)}-${"x".repeat(200)}`);
      if (done % 20 === 19) await delay(2);
    }
    all.push(await ask());
  }
  child.kill("SIGTERM");
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
  return all;
}

const mebi = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

function check(what: string, ratio: number, bound: number): void {
  const holds = ratio <= bound;
  console.log(`${holds ? "ok" : "NO"}: ${what} ${ratio.toFixed(3)}, at most ${String(bound)}`);
  if (!holds) process.exitCode = 1;
}

const [idle] = await measure(0, []);
const [listed] = await measure(5_000, []);
const [cold, warm, after] = await measure(20, [WARM_UP, CHANGES]);
if (!idle || !listed || !cold || !warm || !after) throw new Error("a measurement is missing");
console.log(
  `idle ${mebi(idle.rssBytes)}; 5,000 x 5 KB: peak ${mebi(listed.peakBytes)}, after gc ${mebi(listed.rssBytes)}`,
);
check(
  "peak of the list over what it leaves",
  (listed.peakBytes - idle.rssBytes) / (listed.rssBytes - idle.rssBytes),
  LIST_RATIO,
);
const row = (memory: Memory): string => `${mebi(memory.rssBytes)} (heap ${mebi(memory.heapBytes)})`;
console.log(
  `20 Secrets: synced ${row(cold)}, after ${String(WARM_UP)} changes ${row(warm)}, after ${String(CHANGES)} ${row(after)}`,
);
console.log(`from the synced state: ${(after.rssBytes / cold.rssBytes).toFixed(3)}`);
const [bareCold, bareAfter] = await measure(20, [CHANGES], "bare");
if (!bareCold || !bareAfter) throw new Error("a measurement is missing");
console.log(
  `a bare watch client: synced ${row(bareCold)}, after ${String(CHANGES)} ${row(bareAfter)}: ${(bareAfter.rssBytes / bareCold.rssBytes).toFixed(3)}`,
);
check("memory after all changes over that after the warm-up", after.rssBytes / warm.rssBytes, CHANGES_RATIO);
