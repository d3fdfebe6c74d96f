/**
 * What the app may touch of the process it runs in. `main.ts` makes it; tests make their own, so that a whole podkey
 * runs inside one.
 */

/** The surroundings of a running podkey. */
export interface AppHost {
  /** Version of podkey, for the banner and `podkey_build_info`. */
  readonly version: string;
  /** Commit it was built from; `unknown` in a checkout. */
  readonly revision: string;
  /** Version of Node. */
  readonly nodeVersion: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** File descriptor of the log; a pipe must be in non-blocking mode, as `process.stdout` puts its own. */
  readonly logFd: number;
  /** Whether the log may use colours. */
  readonly colour: boolean;
  /** Writes text for the person at the terminal, past the log. */
  readonly print: (text: string) => void;
  /** Whether standard input is a terminal: then SIGHUP means that it was closed, not "read the file again". */
  readonly stdinIsTerminal: boolean;
  /** Whether a debugger can reach this process (`--inspect`). */
  readonly inspectorIsOpen: () => boolean;
  /** Flags of Node itself, from the command line and NODE_OPTIONS. */
  readonly nodeFlags: readonly string[];
  /** `process_*` and `nodejs_*` among the metrics. */
  readonly processMetrics: boolean;
  /** Where the kubelet looks for the reason of an end; written only if the file exists. */
  readonly terminationLog: string;
  /** Calls `listener` at each SIGHUP; returns the way to stop it. */
  readonly onHangup: (listener: () => void) => () => void;
  /** Calls `listener` as the last thing before the process ends, however it ends; what it does must be synchronous. */
  readonly onExit: (listener: () => void) => void;
}
