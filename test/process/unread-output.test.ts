// The reader of podkey's output may die or stop: neither may hold up an answer, a signal or the end.
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { FakeApiServer } from "../support/fake-api-server/fake-api-server.ts";
import { writeKubeconfig } from "../support/kube/kubeconfig.ts";
import type { RunOptions } from "../support/process/run-podkey.ts";
import { RunningPodkey } from "../support/process/run-podkey.ts";
import type { RpcClient } from "../support/rpc/client.ts";
import { openClient } from "../support/rpc/client.ts";

const SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {password: one}\n";

/** What one Get puts into an audit line: 25 KB of names of keys. */
const LONG_KEYS = Array.from({ length: 100 }, (_, at) => String(at).padStart(250, "k"));

/** Fills a pipe (64 KB) or a socket (208 KB), and the buffer behind it (1 MB), with lines to spare. */
const LINES = 120;

describe("podkey serve, whose output nobody reads", function () {
  this.timeout(20_000);
  let folder: string;
  let client: RpcClient;
  let podkey: RunningPodkey | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "podkey-unread-"));
    writeFileSync(join(folder, "db.yaml"), SECRET);
    client = openClient(`unix:${join(folder, "podkey.sock")}`);
  });
  afterEach(async () => {
    client.close();
    podkey?.kill("SIGKILL");
    podkey?.readOn();
    await podkey?.ended();
    rmSync(folder, { recursive: true });
  });

  function serve(args: readonly string[], options: RunOptions = {}): RunningPodkey {
    const listen = ["--listen", `unix:${join(folder, "podkey.sock")}`, "--admin", "none"];
    podkey = new RunningPodkey(["serve", ...listen, ...args], options);
    return podkey;
  }
  const manifests = (): readonly string[] => ["--source", "manifests", "--manifests", folder];

  /** Waits for the socket file, since the output cannot be waited for; it is there once somebody listens. */
  async function listening(): Promise<void> {
    const watcher = watch(folder);
    while (!existsSync(join(folder, "podkey.sock"))) await once(watcher, "change");
    watcher.close();
  }
  /** Makes more output than anything between podkey and its reader holds. */
  async function fill(): Promise<void> {
    const gets = Array.from({ length: LINES }, () =>
      client.get({ name: "db", keys: LONG_KEYS }, { timeoutMs: 5000 }).catch(() => undefined),
    );
    await Promise.all(gets);
  }

  it("ends at SIGTERM when its reader is gone", async () => {
    const running = serve(manifests());
    await running.logged("app_ready");
    running.abandonOutput();
    running.kill("SIGTERM");
    expect(await running.ended()).to.include({ code: 0, signal: null });
  });

  it("ends at once at a second SIGTERM when its reader is gone", async () => {
    const kubeconfig = writeKubeconfig(join(folder, "kubeconfig"), {
      url: "https://127.0.0.1:9",
      caPem: new FakeApiServer().caPem,
      identity: { kind: "token", token: "t" },
    });
    const running = serve(["--kubeconfig", kubeconfig, "--drain", "60s"]);
    await running.logged("app_listening");
    const get = client
      .get({ namespace: "default", name: "db" }, { timeoutMs: 60_000 })
      .catch(() => undefined);
    // Answered at once, and after the Get on the same connection: the Get has arrived and holds the drain.
    await client.list({ labelSelector: "(" }).catch(() => undefined);
    running.abandonOutput();
    running.kill("SIGTERM");
    // Nobody answers there any more: the first signal has been taken.
    const ask = (): Promise<unknown> =>
      client.list({ labelSelector: "(" }, { timeoutMs: 5000 }).catch(String);
    while (!String(await ask()).includes("UNAVAILABLE"));
    running.kill("SIGTERM");
    expect(await running.ended()).to.include({ code: 143 });
    await get;
  });

  for (const format of ["json", "pretty"])
    it(`answers and ends at SIGTERM while its ${format} lines find no room`, async () => {
      const running = serve([...manifests(), "--audit", "all", "--log-format", format], { unread: true });
      await listening();
      await fill();
      expect((await client.get({ name: "db" }, { timeoutMs: 5000 })).credential?.name).to.equal("db");
      running.kill("SIGTERM");
      expect(await running.exited()).to.equal(0);
    });

  it("counts the lines it lost, and says so once it is read again", async () => {
    const running = serve([...manifests(), "--audit", "all"], { unread: true });
    await listening();
    await fill();
    running.readOn();
    await running.logged("log_lost");
    const [, lines = "0"] = /"event":"log_lost","lines":(\d+)/.exec(running.output) ?? [];
    expect(Number(lines)).to.be.within(1, LINES);
    const written = running.output.split("\n").filter((line) => line.includes('"event":"audit_read"'));
    expect(written.length + Number(lines)).to.equal(LINES);
    for (const line of written) expect(() => JSON.parse(line) as unknown).to.not.throw();
  });
});
