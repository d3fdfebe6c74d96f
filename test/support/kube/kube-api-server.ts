/**
 * A real etcd and kube-apiserver for tests, on loopback ports, in their own folder: ready in 3 to 5 s, 300 MiB. It has
 * methods to restart and kill the server, to change its flags, to compact its etcd and to restore an older etcd. Nothing
 * outlives the test run.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Daemon } from "./daemon.ts";
import { EtcdServer, NOTIFIES_PROGRESS } from "./etcd-server.ts";
import { freePorts } from "./free-ports.ts";
import { KubeClient } from "./kube-client.ts";
import { KubeObjects } from "./kube-objects.ts";
import type { KubePki } from "./kube-pki.ts";
import { writeKubePki } from "./kube-pki.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import type { KubeIdentity } from "./kubeconfig.ts";
import { resignToken } from "./service-account-token.ts";

/** Makes a stop clean and quick (1.4 s): watches end at the signal. Tests of the defaults pass no flags. */
export const QUICK_STOP: readonly string[] = [
  "--shutdown-send-retry-after",
  "--shutdown-watch-termination-grace-period=5s",
];

/** How an API server is started. */
export interface StartOptions {
  /** The folder of the binaries. */
  readonly assets: string;
  /** Additional flags of kube-apiserver; default QUICK_STOP. */
  readonly flags?: readonly string[];
  /** Additional flags of etcd; default NOTIFIES_PROGRESS. */
  readonly etcdFlags?: readonly string[];
  /** Where it listens; default 127.0.0.1 and a free port. */
  readonly address?: string;
  readonly port?: number;
}

/** How a restart goes. */
export interface RestartOptions {
  /** SIGTERM (default) is a clean stop; SIGKILL breaks every connection. */
  readonly signal?: "SIGTERM" | "SIGKILL";
  /** Flags of the new server, replacing the old ones; undefined: the same as before. */
  readonly flags?: readonly string[];
  /** Runs while the server is down. */
  readonly whileDown?: () => Promise<void>;
}

const START_LIMIT_MS = 60_000;
const POLL_MS = 50;

const folders = new Set<string>();
process.on("exit", () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** See the file comment. */
export class KubeApiServer {
  readonly folder: string;
  readonly pki: KubePki;
  /** The port of the API server; the same after every restart. */
  readonly port: number;
  readonly url: string;
  readonly objects: KubeObjects;
  readonly #assets: string;
  readonly #address: string;
  #flags: readonly string[];
  readonly #etcd: EtcdServer;
  #apiserver: Daemon | undefined;

  private constructor(options: StartOptions, ports: readonly number[]) {
    const [free = 0, etcd = 0, peer = 0] = ports;
    const { assets, address = "127.0.0.1", port = free } = options;
    this.#assets = assets;
    this.#address = address;
    this.port = port;
    this.#flags = options.flags ?? QUICK_STOP;
    this.folder = mkdtempSync(join(tmpdir(), "podkey-kube-"));
    folders.add(this.folder);
    this.#etcd = new EtcdServer({
      binary: join(assets, "etcd"),
      folder: this.folder,
      port: etcd,
      peerPort: peer,
      flags: options.etcdFlags ?? NOTIFIES_PROGRESS,
    });
    this.pki = writeKubePki(join(this.folder, "pki"), ["localhost", address, "kubernetes.default.svc"]);
    this.url = `https://${address}:${String(port)}`;
    this.objects = new KubeObjects(
      new KubeClient({ url: this.url, caPem: this.pki.caPem, identity: this.pki.admin }),
    );
  }

  /** Starts both and waits until the API server is ready. */
  static async start(options: StartOptions): Promise<KubeApiServer> {
    const server = new KubeApiServer(options, await freePorts(3));
    try {
      server.#etcd.start();
      await server.#startApiServer();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** The admin client: system:masters. */
  get admin(): KubeClient {
    return this.objects.client;
  }

  /** A file below the cluster's folder. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Writes a kubeconfig for this server, or for a relay in front of it; returns its path. */
  writeKubeconfig(
    name: string,
    identity: KubeIdentity,
    more: { readonly namespace?: string; readonly url?: string } = {},
  ): string {
    return writeKubeconfig(this.path(name), { url: this.url, caPem: this.pki.caPem, identity, ...more });
  }

  /** The same token with another expiry; see `resignToken`. */
  expireToken(token: string, expiresInSeconds: number): string {
    return resignToken(token, this.pki.serviceAccountKeyPem, expiresInSeconds);
  }

  /** Stops the API server (not etcd) and starts it again on the same port; its watch cache starts empty. */
  async restart(options: RestartOptions = {}): Promise<void> {
    await this.stopApiServer(options.signal);
    await options.whileDown?.();
    await this.startApiServer(options.flags);
  }

  /** Stops only the API server and waits until it has ended. With open watches and default flags that takes 60 s. */
  async stopApiServer(signal: "SIGTERM" | "SIGKILL" = "SIGTERM"): Promise<void> {
    await this.#apiserver?.stop(signal);
    this.admin.forgetConnections();
  }

  /** Starts the API server after `stopApiServer`, with other flags if given. */
  async startApiServer(flags: readonly string[] = this.#flags): Promise<void> {
    this.#flags = flags;
    await this.#startApiServer();
  }

  /**
   * SIGTERM, and a successor on the same port as soon as the old one has closed its listener; the old one keeps its
   * open watches. Resolves when the successor is ready; `gone` when the old one has ended.
   */
  async succeed(flags: readonly string[] = this.#flags): Promise<{ readonly gone: Promise<void> }> {
    const old = this.#apiserver;
    old?.signal("SIGTERM");
    await this.#waitUntil(async () => !(await this.#answers()), "the old API server to close its listener");
    this.admin.forgetConnections();
    await this.startApiServer(flags);
    return { gone: old?.exited ?? Promise.resolve() };
  }

  /** Compacts etcd at its current revision: older versions are deleted. Returns the revision. */
  compact(): Promise<number> {
    return this.#etcd.compact();
  }

  /**
   * Copies etcd's state, for `restoreEtcd`. etcd is killed for a moment so that the copy is consistent. Nothing is lost,
   * since its writes are in the page cache; a clean stop would wait for the API server's streams.
   */
  async saveEtcd(): Promise<string> {
    await this.#etcd.stop("SIGKILL");
    const copy = this.#etcd.copyState();
    this.#etcd.start();
    await this.#waitUntil(() => this.#isReady(), "kube-apiserver to reconnect to etcd");
    return copy;
  }

  /** Restores an older state, as an operator does from a backup: both processes are stopped and started. */
  async restoreEtcd(copy: string): Promise<void> {
    await this.stopApiServer("SIGKILL");
    await this.#etcd.stop("SIGKILL");
    this.#etcd.replaceState(copy);
    this.#etcd.start();
    await this.startApiServer();
  }

  /** Ends both processes and deletes the folder. */
  async stop(): Promise<void> {
    await this.#apiserver?.stop("SIGKILL");
    await this.#etcd.stop("SIGKILL");
    this.admin.forgetConnections();
    rmSync(this.folder, { recursive: true, force: true });
    folders.delete(this.folder);
  }

  async #startApiServer(): Promise<void> {
    const pki = this.pki.folder;
    this.#apiserver = new Daemon({
      binary: join(this.#assets, "kube-apiserver"),
      logFile: this.path("kube-apiserver.log"),
      args: [
        `--etcd-servers=${this.#etcd.url}`,
        `--bind-address=${this.#address}`,
        `--secure-port=${String(this.port)}`,
        `--advertise-address=${this.#address}`,
        // A loopback address cannot be an endpoint of the Service `kubernetes`; the tests do not need one.
        "--endpoint-reconciler-type=none",
        "--service-cluster-ip-range=10.96.0.0/24",
        `--tls-cert-file=${join(pki, "apiserver.crt")}`,
        `--tls-private-key-file=${join(pki, "apiserver.key")}`,
        `--client-ca-file=${join(pki, "ca.crt")}`,
        // For logs and exec, if there is a kubelet.
        `--kubelet-client-certificate=${join(pki, "admin.crt")}`,
        `--kubelet-client-key=${join(pki, "admin.key")}`,
        "--service-account-issuer=https://kubernetes.default.svc",
        `--service-account-key-file=${join(pki, "sa.pub")}`,
        `--service-account-signing-key-file=${join(pki, "sa.key")}`,
        "--authorization-mode=Node,RBAC",
        ...this.#flags,
      ],
    });
    await this.#waitUntil(() => this.#isReady(), "kube-apiserver to become ready");
  }

  async #isReady(): Promise<boolean> {
    try {
      return (await this.admin.ask("GET", "/readyz")).status === 200;
    } catch {
      return false;
    }
  }

  async #answers(): Promise<boolean> {
    this.admin.forgetConnections();
    try {
      await this.admin.ask("GET", "/livez");
      return true;
    } catch {
      return false;
    }
  }

  /** Polls the readiness endpoint. Fails early if a process has ended. */
  async #waitUntil(condition: () => Promise<boolean>, what: string): Promise<void> {
    const startedMs = performance.now();
    while (!(await condition())) {
      const dead = [this.#etcd.daemon, this.#apiserver].find((daemon) => daemon?.isRunning === false);
      if (dead !== undefined)
        throw new Error(`A process ended while waiting for ${what}:\n${dead.logTail()}`);
      if (performance.now() - startedMs > START_LIMIT_MS) {
        throw new Error(
          `Waited ${String(START_LIMIT_MS)} ms for ${what}:\n${this.#apiserver?.logTail() ?? ""}`,
        );
      }
      await delay(POLL_MS);
    }
  }
}
