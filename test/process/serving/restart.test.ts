/**
 * A thousand open Watches and the end of podkey: at SIGTERM they are closed within two seconds; after kill -9 every client
 * connects to the next process at the same path and has the right state.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import type { WatchResponse__Output } from "../../../src/client/generated/podkey/v1/WatchResponse.ts";
import { RunningPodkey } from "../../support/process/run-podkey.ts";
import type { RpcClient } from "../../support/rpc/client.ts";
import { openClient } from "../../support/rpc/client.ts";
import { errorFacts } from "../../support/rpc/status-details.ts";

const PROGRAM = join(import.meta.dirname, "..", "..", "..", "tools", "podkey.js");
const isSynced = ({ event }: WatchResponse__Output): boolean => event === "synced";

/** proto-loader omits the unset fields of a oneof or sets them to null. */
function isPresent<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

describe("restart with open Watches", function () {
  this.timeout(30_000);
  let folder: string;
  let socket: string;
  const clients: RpcClient[] = [];
  const started: RunningPodkey[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "podkey-restart-"));
    socket = join(folder, "podkey.sock");
    write("one");
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const podkey of started.splice(0)) {
      podkey.kill("SIGKILL");
      await podkey.ended();
    }
    rmSync(folder, { recursive: true });
  });

  function write(password: string, name = "db"): void {
    const text = `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}}\nstringData: {password: ${password}}\n`;
    writeFileSync(join(folder, `${name}.yaml`), text);
  }
  async function serve(...more: readonly string[]): Promise<RunningPodkey> {
    const source = ["--source", "manifests", "--manifests", folder, "--admin", "none"];
    const podkey = new RunningPodkey(["serve", ...source, "--listen", `unix:${socket}`, ...more], {
      program: PROGRAM,
    });
    started.push(podkey);
    await podkey.logged("app_ready");
    return podkey;
  }
  function open(): RpcClient {
    const client = openClient(`unix:${socket}`);
    clients.push(client);
    return client;
  }

  for (const [connections, each, more] of [
    [10, 100, []],
    [1000, 1, ["--max-connections", "1024"]],
  ] as const)
    it(`closes 1,000 of them on ${String(connections)} connections with SHUTTING_DOWN, and exits with 0 within 2 s`, async () => {
      const podkey = await serve(...more);
      const watches = Array.from({ length: connections }, open).flatMap((client) =>
        Array.from({ length: each }, () => client.watch({ names: ["db"] })),
      );
      for (const watch of watches) await watch.until(isSynced);
      const startedMs = performance.now();
      podkey.kill("SIGTERM");
      const { code, stdout } = await podkey.ended();
      const tookMs = performance.now() - startedMs;
      for (const watch of watches)
        expect(errorFacts(await watch.ended())).to.include({ code: "UNAVAILABLE", reason: "SHUTTING_DOWN" });
      expect([code, existsSync(socket)]).to.deep.equal([0, false]);
      expect(stdout).to.not.contain("rpc_drain_forced");
      expect(tookMs).to.be.below(2000);
    });

  it("lets a client of a killed process continue at the same path, with a reset or RESUME_NOT_POSSIBLE", async () => {
    const killed = await serve();
    const client = open();
    const watch = client.watch({});
    const [{ resumeToken } = { resumeToken: "" }] = (await watch.until(isSynced)).slice(-1);
    killed.kill("SIGKILL");
    expect((await watch.ended()).code).to.equal(14);
    await killed.ended();
    write("two");
    write("new", "late");
    const podkey = await serve();
    const refused = errorFacts(await open().watch({ resumeToken, requireResume: true }).ended());
    expect(refused).to.include({ code: "OUT_OF_RANGE", reason: "RESUME_NOT_POSSIBLE" });
    // The same client reconnects to the path by itself.
    const again = await reopen(client, resumeToken);
    expect(again[0]?.reset?.reason).to.equal("REASON_EPOCH_CHANGED");
    const state = again.flatMap(({ item }) =>
      isPresent(item) ? [[item.name, String(item.data["password"])]] : [],
    );
    expect(state).to.deep.equal([
      ["db", "two"],
      ["late", "new"],
    ]);
    podkey.kill("SIGTERM");
    expect((await podkey.ended()).code).to.equal(0);
  });

  it("lets a client resume at the same process after a broken connection", async () => {
    const podkey = await serve();
    const first = open();
    const watch = first.watch({});
    const [{ resumeToken } = { resumeToken: "" }] = (await watch.until(isSynced)).slice(-1);
    watch.call.cancel();
    first.close();
    write("new", "late");
    const witness = open().watch({ names: ["late"] });
    await witness.until(({ item, change }) => (item ?? change ?? null) !== null);
    witness.call.cancel();
    const resumed = await open().watch({ resumeToken, requireResume: true }).until(isSynced);
    expect(resumed.map(({ event }) => event)).to.deep.equal(["change", "synced"]);
    expect(resumed[0]?.change?.changed.map(({ name }) => name)).to.deep.equal(["late"]);
    podkey.kill("SIGTERM");
    expect((await podkey.ended()).code).to.equal(0);
  });
});

/** Retries until the connection is open: grpc-js fails calls at once while its last attempt was refused. */
async function reopen(client: RpcClient, resumeToken: string): Promise<readonly WatchResponse__Output[]> {
  await new Promise<void>((resolve, reject) =>
    client.raw.waitForReady(Date.now() + 10_000, (error) => {
      if (error === undefined) resolve();
      else reject(error);
    }),
  );
  return client.watch({ resumeToken }).until(isSynced);
}
