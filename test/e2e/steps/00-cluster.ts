/** Steps 00 to 02: the machine, the images, the cluster. Part of every run. */
import type { Step } from "../bench.ts";
import { buildImages } from "../images.ts";
import { KubeNode } from "../kube-node.ts";
import { preflight } from "../preflight.ts";

/** The set-up in three parts, so that each shows its time. */
export const CLUSTER_STEPS: readonly Step[] = [
  {
    number: "00",
    name: "machine: root, packages, Kubernetes binaries",
    isSetup: true,
    async run(bench) {
      bench.assets = await preflight(bench.print);
    },
  },
  {
    number: "01",
    name: "images: podkey by the shipped Dockerfile, the previous podkey, the app",
    isSetup: true,
    async run(bench) {
      bench.archives = await buildImages(bench.folder, bench.print);
    },
  },
  {
    number: "02",
    name: "cluster up: API server, containerd, node ready",
    isSetup: true,
    async run(bench) {
      if (bench.assets === undefined || bench.archives === undefined)
        throw new Error("The set-up is incomplete.");
      const { podkey, previous, app, pause } = bench.archives;
      bench.node = await KubeNode.start(bench.assets);
      await bench.node.startContainerd([podkey, app, pause, ...(previous === undefined ? [] : [previous])]);
      await bench.node.startNode();
    },
  },
];
