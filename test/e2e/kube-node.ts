/**
 * A single-node cluster on this machine: API server on the Service address, controller manager, scheduler, kubelet and
 * Debian's containerd. Needs root. `down` removes everything, also after a failed start.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Daemon } from "../support/kube/daemon.ts";
import { KubeApiServer, QUICK_STOP } from "../support/kube/kube-api-server.ts";
import { CLUSTER_ADDRESS, writeContainerdConfig, writeKubeletConfig } from "./node-config.ts";
import { runCommand } from "../support/run-command.ts";
import { removeCgroups, sweepNetwork, unmountBelow } from "./sweep.ts";
import { waitUntil } from "./wait-until.ts";

const NODE = "podkey-e2e";

/** See the file comment. */
export class KubeNode {
  /** Name of the node. */
  readonly name = NODE;
  readonly server: KubeApiServer;
  readonly #assets: string;
  readonly #daemons: Daemon[] = [];
  #containerdSocket = "";

  private constructor(server: KubeApiServer, assets: string) {
    this.server = server;
    this.#assets = assets;
  }

  /** Starts the API server at the address that pods get in their environment. */
  static async start(assets: string): Promise<KubeNode> {
    // Without kube-proxy, the Service address itself is added to lo; pods reach it by their default route.
    await runCommand("ip", ["addr", "replace", `${CLUSTER_ADDRESS}/32`, "dev", "lo"]);
    const server = await KubeApiServer.start({
      assets,
      flags: [...QUICK_STOP, "--kubelet-preferred-address-types=InternalIP"],
      address: CLUSTER_ADDRESS,
      port: 443,
    });
    return new KubeNode(server, assets);
  }

  /** Starts containerd and imports the images (docker archives). */
  async startContainerd(archives: readonly string[]): Promise<void> {
    const { config, socket } = writeContainerdConfig(this.server.folder);
    this.#containerdSocket = socket;
    this.#start("containerd", "/usr/bin/containerd", ["--config", config]);
    await waitUntil("containerd", async () => (await this.ctr("version").catch(() => "")) !== "", {
      limitMs: 20_000,
    });
    for (const archive of archives) await this.ctr("images", "import", archive);
  }

  /** Starts the other daemons and waits until a pod can be scheduled. */
  async startNode(): Promise<void> {
    const { server } = this;
    const { pki, folder } = server;
    const kubelet = pki.authority.issue({ commonName: NODE, hosts: [CLUSTER_ADDRESS, NODE] });
    writeFileSync(join(pki.folder, "kubelet.crt"), kubelet.certificatePem);
    writeFileSync(join(pki.folder, "kubelet.key"), kubelet.keyPem, { mode: 0o600 });
    const local = ["--leader-elect=false", "--bind-address=127.0.0.1"];
    this.#start("kube-controller-manager", join(this.#assets, "kube-controller-manager"), [
      `--kubeconfig=${this.#kubeconfig("system:kube-controller-manager")}`,
      ...local,
      `--service-account-private-key-file=${join(pki.folder, "sa.key")}`,
      `--root-ca-file=${join(pki.folder, "ca.crt")}`,
      // Without it the node keeps its not-ready taint.
      "--use-service-account-credentials=true",
    ]);
    this.#start("kube-scheduler", join(this.#assets, "kube-scheduler"), [
      `--kubeconfig=${this.#kubeconfig("system:kube-scheduler")}`,
      ...local,
    ]);
    this.#start("kubelet", join(this.#assets, "kubelet"), [
      `--config=${writeKubeletConfig({ folder, pkiFolder: pki.folder, containerdSocket: this.#containerdSocket })}`,
      `--kubeconfig=${this.#kubeconfig(`system:node:${NODE}`, "system:nodes")}`,
      `--root-dir=${join(folder, "kubelet")}`,
      `--cert-dir=${join(folder, "kubelet-pki")}`,
      `--hostname-override=${NODE}`,
      `--node-ip=${CLUSTER_ADDRESS}`,
    ]);
    // The taint is removed about 3 s after Ready; until then no pod is scheduled.
    const format = "{.status.conditions[?(@.type=='Ready')].status}{.spec.taints}";
    await waitUntil(
      "the node to be ready and without taint",
      async () =>
        (await this.kubectl("get", "node", NODE, "-o", `jsonpath=${format}`).catch(() => "")) === "True",
      { limitMs: 90_000, explain: () => Promise.resolve(this.logs()) },
    );
  }

  /** Writes a kubeconfig of the admin and returns its path. */
  adminKubeconfig(): string {
    const { server } = this;
    return server.writeKubeconfig("admin.kubeconfig", { kind: "certificate", pair: server.pki.admin });
  }

  /** The kubectl that was built with the cluster. */
  get kubectlPath(): string {
    return join(this.#assets, "kubectl");
  }

  /** Runs kubectl as admin. */
  kubectl(...args: readonly string[]): Promise<string> {
    return runCommand(this.kubectlPath, ["--kubeconfig", this.adminKubeconfig(), ...args]);
  }

  /** Runs ctr in the kubelet's namespace. */
  ctr(...args: readonly string[]): Promise<string> {
    return runCommand("ctr", ["-a", this.#containerdSocket, "-n", "k8s.io", ...args]);
  }

  /** Kills the first process of a container, like the kernel's OOM killer. */
  async killContainer(which: {
    readonly namespace: string;
    readonly pod: string;
    readonly container: string;
  }): Promise<void> {
    const filters = [
      `labels."io.kubernetes.pod.namespace"==${which.namespace}`,
      `labels."io.kubernetes.pod.name"==${which.pod}`,
      `labels."io.kubernetes.container.name"==${which.container}`,
    ];
    const running = new Set((await this.ctr("tasks", "ls", "-q")).split("\n"));
    const ids = (await this.ctr("containers", "ls", "-q", filters.join(","))).split("\n");
    const [id] = ids.filter((each) => each !== "" && running.has(each));
    if (id === undefined) throw new Error(`${which.pod} has no running container ${which.container}.`);
    await this.ctr("tasks", "kill", "--signal", "SIGKILL", id);
  }

  /** The end of every daemon's log. */
  logs(): string {
    return this.#daemons.map((daemon) => daemon.logTail(12)).join("\n---\n");
  }

  /** Stops and removes everything that the start methods created; continues after a failed step. */
  async down(): Promise<void> {
    await this.kubectl(
      "delete",
      "pods,jobs,deployments",
      "--all",
      "-A",
      "--grace-period=1",
      "--timeout=30s",
    ).catch(() => "");
    for (const daemon of this.#daemons.slice(1).reverse()) await daemon.stop();
    // Shims outlive containerd by design, so their tasks are removed while it still runs.
    const tasks = await this.ctr("tasks", "ls", "-q").catch(() => "");
    for (const task of tasks.split("\n").filter((id) => id !== ""))
      await this.ctr("tasks", "rm", "-f", task).catch(() => "");
    await this.#daemons[0]?.stop();
    await unmountBelow(this.server.folder);
    await this.server.stop();
    await sweepNetwork();
    removeCgroups();
  }

  #start(name: string, binary: string, args: readonly string[]): void {
    mkdirSync(this.server.folder, { recursive: true });
    // containerd needs its shim and runc, the kubelet iptables; both are in /usr/sbin and /usr/bin.
    const env = { ...process.env, PATH: `/usr/sbin:/usr/bin:/sbin:/bin:${process.env["PATH"] ?? ""}` };
    this.#daemons.push(new Daemon({ binary, args, logFile: this.server.path(`${name}.log`), env }));
  }

  #kubeconfig(commonName: string, organization?: string): string {
    const { pki } = this.server;
    const pair = pki.authority.issue({ commonName, ...(organization !== undefined && { organization }) });
    return this.server.writeKubeconfig(`${commonName.replaceAll(":", "-")}.kubeconfig`, {
      kind: "certificate",
      pair,
    });
  }
}
