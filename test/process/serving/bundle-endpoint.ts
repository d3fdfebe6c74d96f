/**
 * An endpoint of the RPC contract: the bundle in its own process, with an API server that tests can keep busy. A Kubernetes
 * watch can deliver a thousand changes per second, a folder of manifests cannot.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PlainSecret, RpcEndpoint } from "../../contract/rpc/rpc-endpoint.ts";
import { startFakeApiServer } from "../../support/fake-api-server/fake-api-server.ts";
import { freePorts } from "../../support/kube/free-ports.ts";
import { writeKubeconfig } from "../../support/kube/kubeconfig.ts";
import { RunningPodkey } from "../../support/process/run-podkey.ts";
import { openClient } from "../../support/rpc/client.ts";
import type { RpcClient } from "../../support/rpc/client.ts";

const PROGRAM = join(import.meta.dirname, "..", "..", "..", "tools", "podkey.js");
const MARK = "podkey.dev/description";
const TICK_MS = 10;

/** Changes during the tests. */
interface Noise {
  /** Stops the changes; resolves when the last one is served. */
  readonly stop: (client: RpcClient) => Promise<void>;
}

/** Starts `podkey serve`; resolves when it is ready. `changesPerSecond`: of a Secret that no test uses. */
export async function bundleEndpoint(options: {
  readonly transport: "unix" | "tcp";
  readonly changesPerSecond: number;
}): Promise<RpcEndpoint> {
  const folder = mkdtempSync(join(tmpdir(), "podkey-bundle-"));
  const server = await startFakeApiServer();
  const kubeconfig = writeKubeconfig(join(folder, "kubeconfig"), {
    url: server.url,
    caPem: server.caPem,
    identity: { kind: "token", token: "t" },
  });
  const address =
    options.transport === "unix"
      ? `unix:${join(folder, "podkey.sock")}`
      : `127.0.0.1:${String((await freePorts(1))[0])}`;
  const listen = options.transport === "unix" ? address : `tcp:${address}`;
  // Selects everything, so that tests can use labels freely.
  const scope = ["--kubeconfig", kubeconfig, "--namespace", "shop", "--selector", ""];
  const podkey = new RunningPodkey(
    ["serve", ...scope, "--listen", listen, "--admin", "none", "--log-format", "json"],
    { program: PROGRAM },
  );
  await podkey.logged("app_ready");
  const clients: RpcClient[] = [];
  const open = (): RpcClient => {
    const client = openClient(address);
    clients.push(client);
    return client;
  };
  let made = 0;
  const write = ({ name, data, labels = {}, type = "Opaque" }: PlainSecret, mark: string): void =>
    void server.store.put("secrets", {
      namespace: "shop",
      name,
      labels,
      type,
      stringData: data,
      annotations: { [MARK]: mark },
    });
  const noise = startNoise(options.changesPerSecond, (count) =>
    write({ name: "noise", data: { n: String(count) } }, ""),
  );
  const witness = open();
  return {
    client: open,
    put: async (secret) => {
      const mark = `mark-${String(++made)}`;
      write(secret, mark);
      await until(witness, secret.name, mark);
    },
    remove: async (name) => {
      server.store.delete("secrets", "shop", name);
      await until(witness, name, undefined);
    },
    close: async () => {
      await noise?.stop(witness);
      for (const client of clients) client.close();
      podkey.kill("SIGTERM");
      const { code, stdout, stderr } = await podkey.ended();
      await server.stop();
      rmSync(folder, { recursive: true });
      if (code !== 0) throw new Error(`podkey ended with ${String(code)}: ${stdout}${stderr}`);
    },
  };
}

/** Makes this number of changes per second on average, even if the timer is late. */
function startNoise(perSecond: number, change: (count: number) => void): Noise | undefined {
  if (perSecond === 0) return undefined;
  const startedMs = performance.now();
  let count = 0;
  const timer = setInterval(() => {
    const dueMs = performance.now() - startedMs;
    while (count < (dueMs * perSecond) / 1000) change(++count);
  }, TICK_MS);
  return {
    stop: async (client) => {
      clearInterval(timer);
      const last = String(count);
      const reader = client.watch({ names: ["noise"] });
      // Resolves only if all changes have passed through podkey.
      await reader.until(({ item, change: told }) => {
        const found = item ?? told?.changed[0];
        return found?.data["n"]?.toString() === last;
      });
      reader.call.cancel();
    },
  };
}

/** Waits with its own Watch until the credential has the mark or is removed. */
async function until(client: RpcClient, name: string, mark: string | undefined): Promise<void> {
  const reader = client.watch({ names: [name] });
  let now: string | undefined;
  await reader.until(({ event, item, change }) => {
    const found = item ?? change?.changed[0];
    if (found !== undefined) now = found.annotations[MARK];
    if (change?.removed.length === 1) now = undefined;
    return (event === "synced" || event === "change") && now === mark;
  });
  reader.call.cancel();
}
