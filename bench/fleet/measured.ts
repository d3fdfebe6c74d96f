/** The measured inputs of the model: the cost of one sidecar and one request in bench/results/fleet.json. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RESULTS } from "../result.ts";
import type { Stretch } from "./fleet.ts";
import type { MeasuredCost } from "./model.ts";

/** bench/results/fleet.json, as `npm run bench:fleet` writes it. */
export interface FleetRecord {
  readonly machine: { readonly commit: string; readonly node: string; readonly cpu: string };
  readonly setting: { readonly sidecars: number; readonly secretBytes: number; readonly changes: number };
  readonly idle: Stretch;
  readonly start: Stretch;
  readonly change: Stretch;
  readonly poll: Stretch;
  readonly rest: Stretch;
  readonly alone: Stretch;
}

/** Reads it. */
export function readFleetRecord(): FleetRecord {
  return JSON.parse(readFileSync(join(RESULTS, "fleet.json"), "utf8")) as FleetRecord;
}

/** Requests of one idle watch in an hour, as the API server counted them. */
export function measuredRequestsPerHour({ rest, setting }: FleetRecord): number {
  return ((rest.watches + rest.lists) / setting.sidecars / rest.seconds) * 3600;
}

/** The cost of one sidecar and one request, without the work that the server does when there are no sidecars. */
export function measuredCost({ setting, idle, change, poll, rest, alone }: FleetRecord): MeasuredCost {
  const { sidecars, changes, secretBytes } = setting;
  const hours = rest.seconds / 3600;
  const idleCpu = (idle.cpuSeconds / idle.seconds) * rest.seconds;
  return {
    restBytesPerHour: (rest.upBytes + rest.downBytes) / sidecars / hours,
    restCpuSecondsPerHour: (rest.cpuSeconds - idleCpu) / sidecars / hours,
    changeBytes: change.downBytes / sidecars / changes,
    changeSecretBytes: secretBytes,
    changeCpuSeconds: Math.max(0, change.cpuSeconds - alone.cpuSeconds) / sidecars / changes,
    pollBytes: (poll.upBytes + poll.downBytes) / poll.lists,
  };
}
