/**
 * Configuration of containerd, CNI and kubelet for a node without systemd, kube-proxy, DNS or a registry. Every line is
 * necessary; a comment gives the reason where it is not obvious.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** First address of the Service range: the Service `kubernetes`, which pods get in their environment. */
export const CLUSTER_ADDRESS = "10.96.0.1";

/** The pause image, which containerd uses for the sandbox of every pod. */
export const PAUSE_IMAGE = "docker.io/podkey-e2e/pause:1";

/** Writes containerd.toml and the CNI conflist; returns the paths. */
export function writeContainerdConfig(folder: string): { readonly config: string; readonly socket: string } {
  const socket = join(folder, "containerd.sock");
  const cni = join(folder, "cni");
  mkdirSync(cni, { recursive: true });
  writeFileSync(
    join(cni, "10-bridge.conflist"),
    JSON.stringify({
      cniVersion: "1.0.0",
      name: "podkey",
      plugins: [
        {
          type: "bridge",
          bridge: "podkey0",
          isGateway: true,
          ipMasq: false,
          ipam: {
            type: "host-local",
            ranges: [[{ subnet: "10.88.0.0/24" }]],
            routes: [{ dst: "0.0.0.0/0" }],
            dataDir: join(folder, "cni-data"),
          },
        },
      ],
    }),
  );
  const config = join(folder, "containerd.toml");
  writeFileSync(
    config,
    `version = 2
root = "${join(folder, "containerd")}"
state = "${join(folder, "containerd-state")}"
[grpc]
  address = "${socket}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  # Root in a container has no CAP_SYS_RESOURCE and cannot lower the score.
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${cni}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
`,
  );
  return { config, socket };
}

/** Writes the kubelet's configuration; returns the path. */
export function writeKubeletConfig(deps: {
  readonly folder: string;
  readonly pkiFolder: string;
  readonly containerdSocket: string;
}): string {
  const { folder, pkiFolder, containerdSocket } = deps;
  const path = join(folder, "kubelet.json");
  const config = {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: CLUSTER_ADDRESS,
    readOnlyPort: 0,
    containerRuntimeEndpoint: `unix://${containerdSocket}`,
    cgroupDriver: "cgroupfs",
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    // Imported images cannot be pulled again.
    imageGCHighThresholdPercent: 100,
    makeIPTablesUtilChains: false,
    resolvConf: "",
    nodeStatusUpdateFrequency: "2s",
    podLogsDir: join(folder, "pod-logs"),
    volumePluginDir: join(folder, "volume-plugins"),
    authentication: { anonymous: { enabled: false }, x509: { clientCAFile: join(pkiFolder, "ca.crt") } },
    authorization: { mode: "AlwaysAllow" },
    tlsCertFile: join(pkiFolder, "kubelet.crt"),
    tlsPrivateKeyFile: join(pkiFolder, "kubelet.key"),
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}
