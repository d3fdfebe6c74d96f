// A reader of podkey's output that stops or dies must not delay answers, signals or the exit.
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

/** An audit line has at most 1 KB of them. */
const LONG_KEYS = Array.from({ length: 5 }, (_, at) => String(at).padStart(250, "k"));

/** Each consumer has a budget of 100 audit lines per second, so several are needed for much output. */
const CONSUMERS = Array.from({ length: 16 }, (_, at) => `c${String(at)}`);
const LINES_PER_CONSUMER = 100;
/** 2 MB: more than fits into a pipe (64 KB) or socket (208 KB) and the buffer (1 MB). */
const LINES = CONSUMERS.length * LINES_PER_CONSUMER;

describe("unread output", function () {
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
    podkey = new RunningPodkey(["serve", "--admin", "none", ...args], options);
    return podkey;
  }
  const listen = (): readonly string[] => ["--listen", `unix:${join(folder, "podkey.sock")}`];

  /** Audits all reads of many consumers. The last listener, which `listening` waits for, has the socket of the client. */
  function audited(): readonly string[] {
    const consumers = CONSUMERS.map((name) => ({
      name,
      listen: [
        `unix:${join(folder, `${name}.sock`)}`,
        ...(name === CONSUMERS.at(-1) ? listen().slice(1) : []),
      ],
      allow: [{ names: ["db"], namespaces: ["default"] }],
    }));
    const config = join(folder, "podkey.conf");
    writeFileSync(
      config,
      JSON.stringify({ apiVersion: "config.podkey.dev/v1", kind: "SidecarConfiguration", consumers }),
    );
    return ["--config", config, "--audit", "all"];
  }
  const manifests = (): readonly string[] => ["--source", "manifests", "--manifests", folder];

  /** Waits for the socket file, because there is no output to wait for. */
  async function listening(): Promise<void> {
    const watcher = watch(folder);
    while (!existsSync(join(folder, "podkey.sock"))) await once(watcher, "change");
    watcher.close();
  }
  /** Makes more output than all buffers can hold. */
  async function fill(): Promise<void> {
    const request = { namespace: "default", name: "db", keys: LONG_KEYS };
    for (const name of CONSUMERS) {
      const consumer = openClient(`unix:${join(folder, `${name}.sock`)}`);
      const gets = Array.from({ length: LINES_PER_CONSUMER }, () =>
        consumer.get(request, { timeoutMs: 5000 }).catch(() => undefined),
      );
      await Promise.all(gets);
      consumer.close();
    }
  }

  it("exits at SIGTERM if the reader is gone", async () => {
    const running = serve([...listen(), ...manifests()]);
    await running.logged("app_ready");
    running.abandonOutput();
    running.kill("SIGTERM");
    expect(await running.ended()).to.include({ code: 0, signal: null });
  });

  it("exits at once at a second SIGTERM if the reader is gone", async () => {
    const kubeconfig = writeKubeconfig(join(folder, "kubeconfig"), {
      url: "https://127.0.0.1:9",
      caPem: new FakeApiServer().caPem,
      identity: { kind: "token", token: "t" },
    });
    const running = serve([...listen(), "--kubeconfig", kubeconfig, "--drain", "60s"]);
    await running.logged("app_listening");
    const get = client
      .get({ namespace: "default", name: "db" }, { timeoutMs: 60_000 })
      .catch(() => undefined);
    // This List is sent after the Get on the same connection, so its answer means that the Get delays the drain.
    await client.list({ labelSelector: "(" }).catch(() => undefined);
    running.abandonOutput();
    running.kill("SIGTERM");
    // The listener is closed: podkey has received the first signal.
    const ask = (): Promise<unknown> =>
      client.list({ labelSelector: "(" }, { timeoutMs: 5000 }).catch(String);
    while (!String(await ask()).includes("UNAVAILABLE"));
    running.kill("SIGTERM");
    expect(await running.ended()).to.include({ code: 143 });
    await get;
  });

  for (const format of ["json", "pretty"])
    it(`answers, and exits at SIGTERM, while the output of ${format} lines is full`, async () => {
      const running = serve([...manifests(), ...audited(), "--log-format", format], { unread: true });
      await listening();
      await fill();
      expect(
        (await client.get({ namespace: "default", name: "db" }, { timeoutMs: 5000 })).credential?.name,
      ).to.equal("db");
      running.kill("SIGTERM");
      expect(await running.exited()).to.equal(0);
    });

  it("counts dropped lines, and logs their number once the output is read again", async () => {
    const running = serve([...manifests(), ...audited()], { unread: true });
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
