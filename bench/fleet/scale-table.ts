/** The tables of docs/scale.md, from the model and bench/results/fleet.json. Used by `docs.ts` and by a test. */
import type { FleetRecord } from "./measured.ts";
import { measuredCost, measuredRequestsPerHour } from "./measured.ts";
import { fleetCost, kubeletRequestsPerSecretHour, requestsPerIdleWatchHour } from "./model.ts";

const PODS = [100, 1_000, 10_000] as const;
const SHAPE = { secretsPerPod: 3, podsPerNode: 30, podsPerNamespace: 100, secretBytes: 5_000 };

/** The measurements, one row for each figure. */
export function measuredTable(record: FleetRecord): string {
  const { setting, start, change, poll, rest } = record;
  const cost = measuredCost(record);
  const { sidecars } = setting;
  const rows = [
    ["requests of an idle sidecar, per hour", measuredRequestsPerHour(record).toFixed(1)],
    [
      "of these, watches / comparisons of names and versions",
      `${perHour(rest.watches, record)} / ${perHour(rest.lists, record)}`,
    ],
    ["the same by the formula", requestsPerIdleWatchHour().toFixed(1)],
    ["seats of an idle sidecar, per hour", perHour(rest.seats, record)],
    [
      "seat-seconds of an idle sidecar, per hour",
      ((rest.seatSeconds / sidecars / rest.seconds) * 3600).toFixed(3),
    ],
    ["bytes of an idle sidecar, per hour", kilobytes(cost.restBytesPerHour)],
    ["CPU of kube-apiserver for an idle sidecar, per hour", `${cost.restCpuSecondsPerHour.toFixed(2)} s`],
    [
      "a start: requests / seats / bytes",
      `${whole(start.watches / sidecars)} / ${whole(start.seats / sidecars)} / ${kilobytes((start.upBytes + start.downBytes) / sidecars)}`,
    ],
    [
      "a change of 1 KB: requests / bytes / CPU of kube-apiserver",
      `${whole(change.watches)} / ${kilobytes(cost.changeBytes)} / ${(cost.changeCpuSeconds * 1e6).toFixed(0)} us`,
    ],
    [
      "a poller's list of the same Secrets: seats / bytes",
      `${whole(poll.seats / poll.lists)} / ${kilobytes(cost.pollBytes)}`,
    ],
  ];
  return table(["figure", "measured"], rows);
}

/** The model, one column for each size of fleet. */
export function modelTable(record: FleetRecord): string {
  const costs = PODS.map((pods) => fleetCost({ ...SHAPE, pods }, measuredCost(record)));
  const row = (title: string, cell: (cost: (typeof costs)[number]) => string): readonly string[] => [
    title,
    ...costs.map(cell),
  ];
  return table(
    ["pods", ...PODS.map((pods) => pods.toLocaleString("en"))],
    [
      row("open watches", (cost) => cost.openWatches.toLocaleString("en")),
      row("requests per second, idle", (cost) => cost.requestsPerSecond.toFixed(1)),
      row("bytes per second, idle", (cost) => `${cost.restKilobytesPerSecond.toFixed(1)} KB`),
      row("cores of kube-apiserver, idle", (cost) => cost.restCpuCores.toFixed(3)),
      row(
        "memory of kube-apiserver for the watches",
        ({ watchMegabytes: [least, most] }) => `${whole(least)} to ${whole(most)} MB`,
      ),
      row("one change in a namespace: bytes", (cost) => `${cost.changeMegabytes.toFixed(2)} MB`),
      row("one change in a namespace: CPU", (cost) => `${(cost.changeCpuSeconds * 1000).toFixed(1)} ms`),
      row("Secret watches of the kubelets: requests per second", (cost) =>
        cost.kubeletRequestsPerSecond.toFixed(1),
      ),
      row("one poll a minute instead: requests per second", (cost) =>
        cost.pollerRequestsPerSecond.toFixed(1),
      ),
    ],
  );
}

/** A sentence with the assumptions of the model. */
export function modelAssumptions(): string {
  const { secretsPerPod, podsPerNode, podsPerNamespace, secretBytes } = SHAPE;
  return (
    `Assumptions: ${String(secretsPerPod)} Secrets of ${String(secretBytes)} bytes per pod, ${String(podsPerNode)} pods per node of which half share ` +
    `their Secrets, ${String(podsPerNamespace)} pods per namespace, ${kubeletRequestsPerSecretHour().toFixed(0)} requests per hour for each ` +
    "Secret that a kubelet watches."
  );
}

function perHour(count: number, { rest, setting }: FleetRecord): string {
  return ((count / setting.sidecars / rest.seconds) * 3600).toFixed(1);
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} KB`;
}

function whole(value: number): string {
  return String(Math.round(value));
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
