/**
 * Debian's Prometheus with the scrape configuration and rules of deploy/monitoring, for one podkey. Queries poll its HTTP API
 * until the result is there or the test times out.
 */
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { ROOT } from "../docs/checkout.ts";
import { freePorts } from "../kube/free-ports.ts";
import { RULES } from "./promtool.ts";

/** Whether Prometheus is installed. */
export const HAS_PROMETHEUS = spawnSync("prometheus", ["--version"]).status === 0;

const ASK_AGAIN_MS = 100;
const SCRAPE_CONFIG = join(ROOT, "deploy", "monitoring", "scrape-config.yaml");

interface ScrapeConfigFile {
  readonly scrape_configs: readonly Readonly<Record<string, unknown>>[];
}

/** A running Prometheus. */
export class Prometheus {
  readonly #child: ChildProcess;
  readonly #folder: string;
  readonly #url: string;

  private constructor(child: ChildProcess, folder: string, url: string) {
    this.#child = child;
    this.#folder = folder;
    this.#url = url;
  }

  /** Starts Prometheus for an admin port of podkey; resolves when it answers. */
  static async start(adminPort: number): Promise<Prometheus> {
    const folder = mkdtempSync(join(tmpdir(), "podkey-prometheus-"));
    const [port = 0] = await freePorts(1);
    const file = join(folder, "prometheus.yml");
    writeFileSync(file, configOf(adminPort));
    const address = `127.0.0.1:${String(port)}`;
    const args = [
      `--config.file=${file}`,
      `--web.listen-address=${address}`,
      `--storage.tsdb.path=${folder}/data`,
    ];
    const child = spawn("prometheus", args, { stdio: ["ignore", "ignore", "pipe"] });
    const prometheus = new Prometheus(child, folder, `http://${address}`);
    let said = "";
    await new Promise<void>((resolve, reject) => {
      child.once("exit", () => reject(new Error(`prometheus ended:\n${said}`)));
      child.stderr.on("data", (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes("Server is ready to receive web requests")) resolve();
      });
    });
    return prometheus;
  }

  /** Polls an API path until its `data` matches. */
  async until<Data>(path: string, fits: (data: Data) => boolean): Promise<Data> {
    for (;;) {
      const data = await this.ask<Data>(path);
      if (fits(data)) return data;
      await setTimeout(ASK_AGAIN_MS);
    }
  }

  /** The current `data` of an API path. @throws with Prometheus' error. */
  async ask<Data>(path: string): Promise<Data> {
    const response = await fetch(`${this.#url}/api/v1/${path}`);
    const answer = (await response.json()) as {
      readonly status: string;
      readonly error?: string;
      readonly data: Data;
    };
    if (answer.status !== "success") throw new Error(`${path}: ${answer.error ?? "no success"}`);
    return answer.data;
  }

  /** The current number of series of a query. */
  async count(query: string): Promise<number> {
    const { result } = await this.ask<{ readonly result: readonly unknown[] }>(
      `query?query=${encodeURIComponent(query)}`,
    );
    return result.length;
  }

  /** Stops Prometheus and removes its data. */
  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      this.#child.kill("SIGTERM");
      await once(this.#child, "exit");
    }
    rmSync(this.#folder, { recursive: true });
  }
}

/** The scrape configuration with a static pod instead of Kubernetes service discovery, which Debian's build lacks. */
function configOf(adminPort: number): string {
  const {
    scrape_configs: [scrape = {}],
  } = parse(readFileSync(SCRAPE_CONFIG, "utf8")) as ScrapeConfigFile;
  const { kubernetes_sd_configs: _discovery, ...rest } = scrape;
  const discovered = {
    targets: [`127.0.0.1:${String(adminPort)}`],
    labels: {
      __meta_kubernetes_namespace: "shop",
      __meta_kubernetes_pod_name: "web-0",
      __meta_kubernetes_pod_phase: "Running",
      __meta_kubernetes_pod_container_name: "podkey",
      __meta_kubernetes_pod_container_port_name: "podkey-admin",
    },
  };
  return stringify({
    global: { evaluation_interval: "1s" },
    scrape_configs: [
      { ...rest, scrape_interval: "500ms", scrape_timeout: "500ms", static_configs: [discovered] },
    ],
    rule_files: [RULES],
  });
}
