/**
 * Fan-out: one change to all of its watchers. Measures the time from the event of the API server (podkey) or the request to
 * send (raw server) until the last client has the change, and the longest turn of podkey's event loop meanwhile.
 */
import { connect } from "node:http2";
import { createConnection } from "node:net";
import { join } from "node:path";
import type { FakeApiServer } from "../test/support/fake-api-server/fake-api-server.ts";
import { startFakeApiServer } from "../test/support/fake-api-server/fake-api-server.ts";
import type { Bench, Figure, Sample, Side } from "./bench.ts";
import { inTurn, most } from "./bench.ts";
import { WatchLoad, watchRequest } from "./load/watch-load.ts";
import { median } from "./median.ts";
import { ProcessUnderTest } from "./process-under-test.ts";
import { kubeconfigArgs, PROBE, scratch, startPodkey } from "./subject.ts";

const WATCHERS = [100, 1000] as const;
const CONNECTIONS = 10;
const FIRES = 15;
const STALLS = 10;
const VALUE_BYTES = 1024;
/** Watched on the probed process only, so that its fan-out does not run beside one that is timed. */
const STALL_NAME = "watched-for-stall";

const fanOutTo = (watchers: number, must: number, aim: number): Figure => ({
  name: `fan-out-${String(watchers)}`,
  title: `1 change to ${String(watchers)} watchers on ${String(CONNECTIONS)} connections`,
  unit: "ms",
  must: most(must),
  aim: most(aim),
  reference: "raw node:http2",
});

/** The benchmark `fan-out`. */
export const fanOut: Bench = {
  name: "fan-out",
  question: "How long until the last of many watchers has a change?",
  rounds: 7,
  figures: [
    fanOutTo(100, 1.4, 1.1),
    fanOutTo(1000, 1.2, 1),
    {
      name: "stall",
      title: "Longest turn of the event loop in a fan-out to 1,000",
      unit: "ms",
      must: most(10),
      aim: most(1),
      reference: "",
    },
  ],
  async *run(rounds) {
    const place = await scratch();
    const server = await startFakeApiServer();
    const closing: (() => Promise<unknown>)[] = [() => place.remove(), () => server.stop()];
    try {
      for (const name of [...WATCHERS.map(nameOf), STALL_NAME]) put(server, name, 0);
      const probed = await startSubject(place.folder, server, true);
      const plain = await startSubject(place.folder, server, false);
      closing.push(
        () => probed.podkey.stop(),
        () => plain.podkey.stop(),
      );
      const sides = [];
      for (const watchers of WATCHERS)
        sides.push(await openSides(place.folder, server, plain.socketPath, watchers));
      closing.push(...sides.map((side) => side.close));
      const stalled = await watch(probed.socketPath, STALL_NAME, 1000);
      closing.push(() => stalled.close());
      for (let round = 0; round < rounds; round += 1) {
        const samples: Sample[] = [];
        for (const side of sides) samples.push(...(await side.measure(round)));
        samples.push(await measureStall(probed.podkey, server, stalled));
        yield samples;
      }
    } finally {
      for (const close of closing.reverse()) await close();
    }
  },
};

function nameOf(watchers: number): string {
  return `watched-by-${String(watchers)}`;
}

function put(server: FakeApiServer, name: string, version: number): void {
  server.putSecret("shop", name, { value: String(version).padEnd(VALUE_BYTES, "x") });
}

/** 2,048 streams, because both groups belong to one consumer; all other settings are the defaults. */
async function startSubject(
  folder: string,
  server: FakeApiServer,
  probed: boolean,
): Promise<{ readonly podkey: ProcessUnderTest; readonly socketPath: string }> {
  const socketPath = join(folder, `podkey-${String(probed)}.sock`);
  const access = { url: server.url, caPem: server.caPem, token: "bench", namespace: "shop" };
  const args = [...kubeconfigArgs(folder, access), "--max-streams", "2048", "--admin", "none"];
  return { podkey: await startPodkey({ socketPath, args, probe: probed ? PROBE : [] }), socketPath };
}

function watch(socketPath: string, name: string, streams: number): Promise<WatchLoad> {
  const frame = watchRequest(name);
  return WatchLoad.open({ socketPath, connections: CONNECTIONS, streams, frame }, "synced");
}

interface Sides {
  measure(round: number): Promise<readonly Sample[]>;
  readonly close: () => Promise<void>;
}

/** podkey and the raw server with the same number of watchers, and the same bytes in each change. */
async function openSides(
  folder: string,
  server: FakeApiServer,
  socketPath: string,
  watchers: number,
): Promise<Sides> {
  let version = 0;
  const name = nameOf(watchers);
  const podkey = await watch(socketPath, name, watchers);
  const change = (): void => put(server, name, (version += 1));
  await timeTo(podkey, watchers, change);
  const rawSocket = join(folder, `raw-${String(watchers)}.sock`);
  const reference = await ProcessUnderTest.start({
    args: [join(import.meta.dirname, "reference/raw-fan-out.ts"), rawSocket, String(podkey.lastChangeBytes)],
    isReady: (line) => line === "ready",
  });
  const frame = watchRequest(name);
  const raw = await WatchLoad.open(
    { socketPath: rawSocket, connections: CONNECTIONS, streams: watchers, frame },
    "headers",
  );
  const trigger = connect("http://localhost", { createConnection: () => createConnection(rawSocket) });
  const fire = (): void => void trigger.request({ ":path": "/fire", ":method": "POST" }).end();
  return {
    measure: async (round) => {
      const times: Record<Side, number[]> = { podkey: [], reference: [] };
      for (let at = 0; at < FIRES; at += 1)
        for (const side of inTurn(at + round))
          times[side].push(
            await (side === "podkey" ? timeTo(podkey, watchers, change) : timeTo(raw, watchers, fire)),
          );
      const figure = `fan-out-${String(watchers)}`;
      return [
        { figure, of: "podkey", value: median(times.podkey) },
        { figure, of: "reference", value: median(times.reference) },
      ];
    },
    close: async () => {
      trigger.destroy();
      await Promise.all([podkey.close(), raw.close()]);
      await reference.stop();
    },
  };
}

async function timeTo(load: WatchLoad, watchers: number, trigger: () => void): Promise<number> {
  const all = load.changes(watchers);
  const startedMs = performance.now();
  trigger();
  await all;
  return performance.now() - startedMs;
}

/** The smallest of several fan-outs, because a busy machine can only make a turn longer. */
async function measureStall(
  podkey: ProcessUnderTest,
  server: FakeApiServer,
  load: WatchLoad,
): Promise<Sample> {
  const stalls: number[] = [];
  for (let at = 0; at < STALLS; at += 1) {
    const stall = podkey.answer("stall");
    await podkey.ask("SIGWINCH", "spinning");
    const all = load.changes(1000);
    put(server, STALL_NAME, performance.now());
    await all;
    stalls.push(((await stall) as { readonly ms: number }).ms);
  }
  return { figure: "stall", of: "podkey", value: Math.min(...stalls) };
}
