/**
 * The environment of an incident: the built podkey in its own process with an accelerated clock, a fake API server, a folder,
 * and the outputs: log, /metrics, `podkey check`, termination message.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FakeApiServer } from "../fake-api-server/fake-api-server.ts";
import { REAL_BEHAVIOUR } from "../fake-api-server/server-context.ts";
import { writeKubeconfig } from "../kube/kubeconfig.ts";
import type { Ended } from "../process/run-podkey.ts";
import { RunningPodkey } from "../process/run-podkey.ts";
import type { RpcClient } from "../rpc/client.ts";
import { openClient } from "../rpc/client.ts";
import { readMetrics } from "./metrics-text.ts";
import type { Scrape } from "./metrics-text.ts";

/** The acceleration of podkey's clock. */
export const LENS = 30;

const PRELOAD = pathToFileURL(join(import.meta.dirname, "..", "process", "preload", "fast-clock.ts")).href;
const TOKEN = "drill-token";

/** The environment of one incident. */
export class Stage {
  readonly folder = mkdtempSync(join(tmpdir(), "podkey-drill-"));
  readonly server: FakeApiServer;
  readonly #program: string;
  readonly #clients: RpcClient[] = [];
  #args: readonly string[] = [];
  #podkey: RunningPodkey | undefined;

  /** @param program path of the built podkey. */
  private constructor(program: string) {
    this.#program = program;
    this.server = new FakeApiServer({
      behaviour: {
        bookmarkIntervalMs: REAL_BEHAVIOUR.bookmarkIntervalMs / LENS,
        secondMs: REAL_BEHAVIOUR.secondMs / LENS,
        freshnessWaitMs: REAL_BEHAVIOUR.freshnessWaitMs / LENS,
      },
    });
  }

  /** A stage with an API server that has one Secret, `default/db`. */
  static async open(program: string): Promise<Stage> {
    const stage = new Stage(program);
    writeFileSync(stage.terminationLog, "");
    stage.server.access.setTokens({ [TOKEN]: "system:serviceaccount:default:podkey" });
    stage.server.putSecret("default", "db", { password: "drill" });
    await stage.server.start();
    return stage;
  }

  /** The file in place of /dev/termination-log. */
  get terminationLog(): string {
    return join(this.folder, "termination-log");
  }

  get socket(): string {
    return join(this.folder, "podkey.sock");
  }

  /** The running podkey. */
  get podkey(): RunningPodkey {
    if (this.#podkey === undefined) throw new Error("nothing serves yet");
    return this.#podkey;
  }

  /** Starts `podkey serve` with the API server or `args`; resolves when its admin address answers. */
  async serve(args: readonly string[] = [], options: { readonly uid?: number } = {}): Promise<void> {
    this.#args = args;
    this.#podkey = this.#run(
      ["serve", ...this.#options(), "--admin", "127.0.0.1:0", "--audit", "denied"],
      options,
    );
    await this.#podkey.logged("app_admin_listening");
  }

  /** Resolves with the newest line of this event whose text matches. */
  async logged(event: string, text = ""): Promise<Readonly<Record<string, unknown>>> {
    const pattern = new RegExp(`^.*"event":"${event}".*${text}.*$`, "m");
    await this.podkey.printed(pattern);
    const line = this.podkey.output.split("\n").findLast((one) => pattern.test(one));
    return JSON.parse(line ?? "{}") as Readonly<Record<string, unknown>>;
  }

  /** The admin address. */
  get adminPort(): number {
    const [, port] =
      /"event":"app_admin_listening","address":"127\.0\.0\.1:(\d+)"/.exec(this.podkey.output) ?? [];
    return Number(port);
  }

  /** A page of the admin address. */
  async fetchAdmin(
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<{ readonly contentType: string; readonly body: string }> {
    const answer = await fetch(`http://127.0.0.1:${String(this.adminPort)}${path}`, { headers });
    return { contentType: answer.headers.get("content-type") ?? "", body: await answer.text() };
  }

  /** The current /metrics; `up` 0 if podkey does not answer, as in Prometheus. */
  async scrape(): Promise<Scrape> {
    const page = await this.fetchAdmin("/metrics").catch(() => undefined);
    const series = page === undefined ? [] : readMetrics(page.body);
    return {
      series: [{ name: "up", labels: "", value: page === undefined ? 0 : 1 }, ...series],
      wallMs: Date.now(),
    };
  }

  /** Resolves when answers are STALE. */
  async stale(): Promise<void> {
    const watch = this.client().watch({});
    await watch.until(({ freshness }) => freshness?.state === "STATE_STALE");
  }

  /** A client; closed at the end. */
  client(): RpcClient {
    const client = openClient(`unix:${this.socket}`);
    this.#clients.push(client);
    return client;
  }

  /** Runs `podkey check` with the options of `serve`. */
  check(options: { readonly uid?: number } = {}): Promise<Ended> {
    return this.#run(["check", ...this.#options()], options).ended();
  }

  /** The current termination message. */
  terminationMessage(): string {
    return readFileSync(this.terminationLog, "utf8");
  }

  /** Stops all processes. */
  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    this.#podkey?.kill("SIGKILL");
    await this.#podkey?.ended();
    await this.server.stop();
    rmSync(this.folder, { recursive: true });
  }

  #options(): readonly string[] {
    const kubeconfig = writeKubeconfig(join(this.folder, "kubeconfig"), {
      url: this.server.url,
      caPem: this.server.caPem,
      identity: { kind: "token", token: TOKEN },
    });
    const listen = ["--config", "--listen"].some((flag) => this.#args.includes(flag))
      ? []
      : ["--listen", `unix:${this.socket}`];
    return ["--kubeconfig", kubeconfig, ...listen, ...this.#args];
  }

  #run(args: readonly string[], options: { readonly uid?: number }): RunningPodkey {
    return new RunningPodkey(args, {
      ...options,
      program: this.#program,
      nodeArgs: ["--import", PRELOAD],
      env: { PODKEY_TEST_CLOCK_SPEED: String(LENS), PODKEY_TEST_TERMINATION_LOG: this.terminationLog },
    });
  }
}
