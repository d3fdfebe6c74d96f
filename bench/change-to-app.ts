/**
 * Change to app: from the write to a real API server until a consumer of podkey has the message, against a bare watch on
 * the API server, and beside a consumer of the Go sidecar. All see the same writes.
 */
import { connect } from "node:http2";
import { join } from "node:path";
import type { Bench, Figure, Sample } from "./bench.ts";
import { most } from "./bench.ts";
import { goSidecar, startGoSidecar } from "./go-sidecar.ts";
import { BenchKube } from "./kube.ts";
import { WatchLoad, watchRequest } from "./load/watch-load.ts";
import { quantile } from "./median.ts";
import type { ApiServerAccess } from "./subject.ts";
import { kubeconfigArgs, scratch, startPodkey } from "./subject.ts";

const WRITES = 200;

const latency = (name: string, title: string, must: number, aim: number): Figure => ({
  ...{ name, title },
  unit: "ms",
  must: most(must),
  aim: most(aim),
  reference: "bare watch client",
});

/** The benchmark `change-to-app`. */
export const changeToApp: Bench = {
  name: "change-to-app",
  question: "How long after a write does the app have it?",
  rounds: 5,
  figures: [
    latency("change-p50", "API server write to message, p50", 0, 0),
    latency("change-p99", "API server write to message, p99", 1.2, 1.05),
  ],
  async *run(rounds) {
    const program = goSidecar();
    const place = await scratch();
    const kube = await BenchKube.start();
    const { folder } = place;
    try {
      const access = await kube.namespaceOf(1);
      const socketPath = join(folder, "podkey.sock");
      const podkey = await startPodkey({
        socketPath,
        args: [...kubeconfigArgs(folder, access), "--admin", "none"],
      });
      const goSocket = join(folder, "go.sock");
      const sidecar =
        program === undefined
          ? undefined
          : await startGoSidecar({ program, socketPath: goSocket, kubeconfig: join(folder, "kubeconfig") });
      const app = await watchOne(socketPath);
      const go = sidecar === undefined ? undefined : await watchOne(goSocket);
      const bare = await BareWatch.open(access);
      const readers: Readers = {
        podkey: () => app.changes(1),
        reference: () => bare.next(),
        ...(go === undefined ? {} : { go: () => go.changes(1) }),
      };
      try {
        for (let round = 0; round < rounds; round += 1)
          yield await measureRound(kube, access, readers, round);
      } finally {
        bare.close();
        await app.close();
        await go?.close();
        await podkey.stop();
        await sidecar?.stop();
      }
    } finally {
      await kube.stop();
      await place.remove();
    }
  },
};

/** Resolves with the next change that a reader sees. */
type Readers = Readonly<Partial<Record<Sample["of"], () => Promise<void>>>>;

function watchOne(socketPath: string): Promise<WatchLoad> {
  return WatchLoad.open({ socketPath, connections: 1, streams: 1, frame: watchRequest("s0") }, "synced");
}

async function measureRound(
  kube: BenchKube,
  access: ApiServerAccess,
  readers: Readers,
  round: number,
): Promise<readonly Sample[]> {
  const parties = Object.entries(readers).map(([of, next]) => ({
    of: of as Sample["of"],
    next,
    times: [] as number[],
  }));
  for (let at = 0; at < WRITES; at += 1) {
    const startedMs = performance.now();
    const all = parties.map(({ next, times }) =>
      next().then(() => times.push(performance.now() - startedMs)),
    );
    await kube.write(access, "s0", `${String(round)}.${String(at)}`.padEnd(1024, "x"));
    await Promise.all(all);
  }
  return parties.flatMap(({ of, times }) => [
    { figure: "change-p50", of, value: quantile(times, 0.5) },
    { figure: "change-p99", of, value: quantile(times, 0.99) },
  ]);
}

/** A watch by node:http2 that only finds the line ends in what it receives. */
class BareWatch {
  #onLine: (() => void) | undefined;
  readonly close: () => void;

  private constructor(close: () => void) {
    this.close = close;
  }

  static async open({ url, caPem, token, namespace }: ApiServerAccess): Promise<BareWatch> {
    const session = connect(url, { ca: caPem });
    const query = "watch=1&resourceVersion=0&labelSelector=podkey.dev%2Fserve%3Dtrue";
    const stream = session.request({
      ":path": `/api/v1/namespaces/${namespace}/secrets?${query}`,
      authorization: `Bearer ${token}`,
    });
    const watch = new BareWatch(() => session.destroy());
    const first = watch.next();
    stream.on("data", (chunk: Buffer) => {
      if (chunk.includes(10)) watch.#onLine?.();
    });
    await first;
    return watch;
  }

  /** Resolves with the next line. */
  next(): Promise<void> {
    return new Promise((resolve) => (this.#onLine = resolve));
  }
}
