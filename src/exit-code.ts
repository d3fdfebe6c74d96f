/**
 * The exit codes as one table, for the commands, the app and main.ts.
 */

/** Why the process ends, as a number for scripts and the kubelet. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  usage: 2,
  noPermission: 3,
  listener: 4,
  firstSyncTimeout: 5,
  notFound: 6,
  unavailable: 7,
  invariant: 70,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
