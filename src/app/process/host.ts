/**
 * The process as the app sees it. src/main.ts creates it; tests create their own to run podkey inside the test process.
 */

/** Facts and functions of the process. */
export interface AppHost {
  /** Version of podkey, for the banner and `podkey_build_info`. */
  readonly version: string;
  /** Commit of the build; `unknown` in a checkout. */
  readonly revision: string;
  /** Version of Node. */
  readonly nodeVersion: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** File descriptor of the log. A pipe must be non-blocking. */
  readonly logFd: number;
  /** Whether the log may use colours. */
  readonly colour: boolean;
  /** Writes text to the terminal, outside the log. */
  readonly print: (text: string) => void;
  /** Whether standard input is a terminal: then SIGHUP means that the terminal was closed, not a reload. */
  readonly stdinIsTerminal: boolean;
  /** Whether a debugger can connect (`--inspect`). */
  readonly inspectorIsOpen: () => boolean;
  /** Flags of Node itself, from the command line and NODE_OPTIONS. */
  readonly nodeFlags: readonly string[];
  /** Whether to collect the metrics `process_*` and `nodejs_*`. */
  readonly processMetrics: boolean;
  /** Path of the termination message that the kubelet reads; written only if the file exists. */
  readonly terminationLog: string;
  /** Calls `listener` at each SIGHUP; returns a function that stops it. */
  readonly onHangup: (listener: () => void) => () => void;
  /** Calls `listener`, which must be synchronous, just before the process exits for any reason. */
  readonly onExit: (listener: () => void) => void;
}
