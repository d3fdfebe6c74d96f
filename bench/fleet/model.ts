/**
 * The load of a fleet of sidecars on an API server, as formulas. The intervals are podkey's parameters; the cost of a
 * request is measured (bench/results/fleet.json). docs/scale.md shows the table; a test compares the page with it.
 */
import { SYNC_PARAMETERS } from "../../src/sync/port/parameters.ts";

/** A fleet. */
export interface FleetShape {
  readonly pods: number;
  /** Secrets that each pod uses. */
  readonly secretsPerPod: number;
  readonly podsPerNode: number;
  /** Pods of one namespace: how many watch the same change. */
  readonly podsPerNamespace: number;
  readonly secretBytes: number;
}

/** The measured cost of one sidecar or one request. */
export interface MeasuredCost {
  /** At rest, per sidecar and hour, both ways on the wire, TLS included. */
  readonly restBytesPerHour: number;
  /** Of the API server, per sidecar and hour at rest. */
  readonly restCpuSecondsPerHour: number;
  /** On the wire, for one change of a Secret of `changeSecretBytes` at one watcher. */
  readonly changeBytes: number;
  readonly changeSecretBytes: number;
  /** Of the API server, for one change at one watcher. */
  readonly changeCpuSeconds: number;
  /** For one list of a poller. */
  readonly pollBytes: number;
}

/** The result of the formulas for one fleet. */
export interface FleetCost {
  readonly openWatches: number;
  /** Requests a second of all sidecars at rest. */
  readonly requestsPerSecond: number;
  readonly restKilobytesPerSecond: number;
  readonly restCpuCores: number;
  /** Requests a second of the kubelets' own watches, where the same pods mount or name the same Secrets. */
  readonly kubeletRequestsPerSecond: number;
  /** Requests a second where each pod lists once a minute instead. */
  readonly pollerRequestsPerSecond: number;
  /** Bytes and CPU of one change, to all pods of its namespace. */
  readonly changeMegabytes: number;
  readonly changeCpuSeconds: number;
  /** Memory of all API servers together for the watches: 50 to 100 KiB each (kubernetes/kubernetes#117777). */
  readonly watchMegabytes: readonly [number, number];
}

const HOUR_S = 3600;
const ANTI_ENTROPY_S = 1800;
const POLL_S = 60;
const WATCH_KIB = [50, 100] as const;

/** Average duration of a watch in seconds: U[from, to], and a random delay before the next one. */
export function meanWatchSeconds(): number {
  const { watch, endSpreadMs } = SYNC_PARAMETERS;
  return (watch.timeoutFromSeconds + watch.timeoutToSeconds) / 2 + endSpreadMs / 2 / 1000;
}

/** Requests of one idle watch in an hour: watches opened again, and checks by names and versions (`--anti-entropy 30m`). */
export function requestsPerIdleWatchHour(): number {
  return HOUR_S / meanWatchSeconds() + HOUR_S / ANTI_ENTROPY_S;
}

/**
 * Requests of a kubelet for one Secret in an hour. It keeps one watch for each Secret that any of its pods uses
 * (pkg/kubelet/util/manager/watch_based_manager.go), through client-go's reflector, whose watches last U[300 s, 600 s].
 */
export function kubeletRequestsPerSecretHour(): number {
  return HOUR_S / 450;
}

/** The load of one fleet. */
export function fleetCost(shape: FleetShape, measured: MeasuredCost): FleetCost {
  const { pods, secretsPerPod, podsPerNode, podsPerNamespace, secretBytes } = shape;
  // Pods of different teams on a node seldom share a Secret; replicas of one Deployment do. The model assumes half.
  const secretsPerNode = (podsPerNode * secretsPerPod) / 2;
  const nodes = Math.ceil(pods / podsPerNode);
  const watchers = Math.min(pods, podsPerNamespace);
  // Base64 encodes three bytes as four.
  const grownBytes = ((secretBytes - measured.changeSecretBytes) * 4) / 3;
  return {
    openWatches: pods,
    requestsPerSecond: (pods * requestsPerIdleWatchHour()) / HOUR_S,
    restKilobytesPerSecond: (pods * measured.restBytesPerHour) / HOUR_S / 1000,
    restCpuCores: (pods * measured.restCpuSecondsPerHour) / HOUR_S,
    kubeletRequestsPerSecond: (nodes * secretsPerNode * kubeletRequestsPerSecretHour()) / HOUR_S,
    pollerRequestsPerSecond: pods / POLL_S,
    changeMegabytes: (watchers * (measured.changeBytes + grownBytes)) / 1e6,
    changeCpuSeconds: watchers * measured.changeCpuSeconds,
    watchMegabytes: [(pods * WATCH_KIB[0] * 1024) / 1e6, (pods * WATCH_KIB[1] * 1024) / 1e6],
  };
}
