/**
 * Random rotations of a credential at an API server, with readers of the previous generation: no reader gets an error before
 * `previous_until` or the old value after it, and the memory of the process does not grow. Daily 100 rotations; `npm run
 * rotations` plays 1,000.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { CredentialClient } from "../../../src/client/index.ts";
import { openCredentialClient, RpcFailure } from "../../../src/client/index.ts";
import { FakeApiServer } from "../../support/fake-api-server/fake-api-server.ts";
import { writeKubeconfig } from "../../support/kube/kubeconfig.ts";
import { RunningPodkey } from "../../support/process/run-podkey.ts";

const ROTATIONS = Number(process.env["PODKEY_ROTATIONS"] ?? "100");
const READERS = 2;
const VALUE_BYTES = 32 * 1024;
/** `previous_until` is in wall clock milliseconds, but podkey measures the overlap with the monotonic clock. */
const CLOCK_SLACK_MS = 2;
/** One generation is kept, two can be in flight, and the encoder has a copy of each. */
const MEMORY_SLACK_BYTES = 24 * VALUE_BYTES;
const WARM_UP_READS = 100;
const LOOKS = 200;

/** The results of a reader. */
interface Tally {
  inside: number;
  after: number;
}

/** The process can be made to collect garbage, so that the metrics show live memory only. */
const COLLECT = 'data:text/javascript,process.on("SIGUSR2",()=>{for(let i=0;i<3;i+=1)gc()})';

describe(`rotations: ${String(ROTATIONS)}`, function () {
  this.timeout(120_000);
  let folder: string;
  let server: FakeApiServer;
  let podkey: RunningPodkey;
  let client: CredentialClient;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "podkey-drill-"));
    server = new FakeApiServer();
    await server.start();
    server.access.setTokens({ token: "system:serviceaccount:shop:podkey" });
    rotate(0, "100ms");
    const kubeconfig = writeKubeconfig(join(folder, "kubeconfig"), {
      url: server.url,
      caPem: server.caPem,
      identity: { kind: "token", token: "token" },
    });
    const socket = `unix:${join(folder, "p.sock")}`;
    podkey = new RunningPodkey(
      ["serve", "--kubeconfig", kubeconfig, "--listen", socket, "--admin", "127.0.0.1:0"],
      { nodeArgs: ["--expose-gc", "--import", COLLECT] },
    );
    await podkey.logged("app_ready");
    client = openCredentialClient({ endpoint: socket });
  });
  after(async () => {
    client.close();
    podkey.kill("SIGTERM");
    await podkey.ended();
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  /** Writes generation N; the value starts with its number. */
  function rotate(generation: number, previousFor: string): void {
    server.store.put("secrets", {
      namespace: "default",
      name: "db",
      labels: { "podkey.dev/serve": "true" },
      annotations: { "podkey.dev/previous-for": previousFor },
      stringData: { password: `${String(generation)}:`.padEnd(VALUE_BYTES, "x") },
    });
  }

  async function read(
    generation: "GENERATION_CURRENT" | "GENERATION_PREVIOUS",
  ): Promise<{ readonly n: number; readonly untilMs: number | undefined }> {
    const request = { namespace: "default", name: "db", generation };
    const { credential } = await client.get(request, { timeoutMs: 10_000 });
    const until = credential?.previousUntil;
    return {
      n: Number(credential?.data["password"]?.toString().split(":")[0]),
      untilMs: until ? Number(until.seconds) * 1000 + until.nanos / 1e6 : undefined,
    };
  }

  /** Reads the current, then the previous data, as an app whose peer has not yet switched. */
  async function readPair(tally: Tally): Promise<void> {
    const current = await read("GENERATION_CURRENT");
    const askedMs = Date.now();
    try {
      const previous = await read("GENERATION_PREVIOUS");
      expect(previous.n).to.be.at.least(current.n - 1);
      const isOver = current.untilMs === undefined || askedMs > current.untilMs + CLOCK_SLACK_MS;
      // After the overlap, only a later rotation has a previous generation, which is newer.
      if (isOver) expect(previous.n, "the old value after the overlap").to.be.at.least(current.n);
      tally.inside += 1;
    } catch (error) {
      if (!(error instanceof RpcFailure) || error.reason !== "PREVIOUS_NOT_FOUND") throw error;
      const isInside = current.untilMs !== undefined && Date.now() < current.untilMs - CLOCK_SLACK_MS;
      // Within the overlap, only a later rotation removes the old value.
      if (isInside)
        expect((await read("GENERATION_CURRENT")).n, "an error inside the overlap").to.be.above(current.n);
      tally.after += 1;
    }
  }

  it("serve the previous data exactly until previous_until, and leak no memory", async () => {
    const heldBytes = memoryOf(podkey);
    // The first answers allocate the connection and its buffers, which stay.
    for (let warmUp = 0; warmUp < WARM_UP_READS; warmUp += 1) await read("GENERATION_CURRENT");
    const baseBytes = await heldBytes();
    const tally: Tally = { inside: 0, after: 0 };
    let isOver = false;
    const readers = Array.from({ length: READERS }, async () => {
      while (!isOver) await readPair(tally);
    });
    const rotations = (async () => {
      for (let generation = 1; generation <= ROTATIONS; generation += 1) {
        // Overlaps are shorter or longer than the time between two rotations, or off.
        rotate(generation, generation % 25 === 0 ? "0" : `${String(1 + ((generation * 7919) % 40))}ms`);
        for (let pause = 0; pause < (generation * 31) % 4; pause += 1) await readPair(tally);
      }
    })();
    await rotations.finally(() => (isOver = true));
    await Promise.all(readers);
    expect(tally.inside, "reads inside an overlap").to.be.above(ROTATIONS / 10);
    expect(tally.after, "reads after an overlap").to.be.above(ROTATIONS / 50);
    while ((await read("GENERATION_CURRENT")).n !== ROTATIONS);
    while ((await read("GENERATION_CURRENT")).untilMs !== undefined);
    // Memory of the transport is freed only after a few collections.
    let keptBytes = Infinity;
    for (let look = 0; look < LOOKS && keptBytes > MEMORY_SLACK_BYTES; look += 1)
      keptBytes = (await heldBytes()) - baseBytes;
    expect(keptBytes, "bytes that are still held").to.be.at.most(MEMORY_SLACK_BYTES);
  });
});

/** The metric of memory outside V8's heap, where values are. */
function memoryOf(podkey: RunningPodkey): () => Promise<number> {
  const address = /"event":"app_admin_listening","address":"([^"]+)"/.exec(podkey.output)?.[1] ?? "";
  return async () => {
    podkey.kill("SIGUSR2");
    const page = await (await fetch(`http://${address}/metrics`)).text();
    return Number(/^nodejs_external_memory_bytes (\S+)$/m.exec(page)?.[1]);
  };
}
