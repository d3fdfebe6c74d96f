/** `grpc-timeout` as a number. */

const TIMEOUT = /^(\d{1,8})([HMSmun])$/;

const UNIT_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** Milliseconds of a timeout such as `500m`; NaN where it is none. */
export function timeoutMs(timeout: string): number {
  const match = TIMEOUT.exec(timeout);
  return Number(match?.[1]) * (UNIT_MS[match?.[2] ?? ""] ?? NaN);
}
