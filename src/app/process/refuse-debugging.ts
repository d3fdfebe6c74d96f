/**
 * Refuses to serve Secrets of a cluster from a process whose memory others can read: through a debugger, whose port is open to
 * all containers of the pod, or from a dump file. Debugging from a terminal is allowed.
 */
import type { LoadedConfig } from "../../config/schema/sidecar-config.ts";
import { EXIT } from "../../exit-code.ts";
import type { AppHost } from "./host.ts";
import { StartError } from "./start-error.ts";

/** Flags that make Node write its memory to a file: heap snapshots, reports, core dumps. */
const DUMPING =
  /^--(?:heapsnapshot-signal|heapsnapshot-near-heap-limit|heap-prof|report-on-fatalerror|report-on-signal|report-uncaught-exception|abort-on-uncaught-exception)(?:=|$)/;

/** @throws StartError. */
export function refuseDebugging({ config }: LoadedConfig, host: AppHost): void {
  if (config.source !== "kubernetes" || host.stdinIsTerminal) return;
  if (host.inspectorIsOpen())
    throw refusal("--inspect", "every container of the pod could read all values through the debugger");
  const dumping = host.nodeFlags.find((flag) => DUMPING.test(flag));
  if (dumping !== undefined) throw refusal(dumping, "Node would write values to a file or core dump");
}

function refusal(flag: string, why: string): StartError {
  return new StartError(
    `${flag} is refused with --source kubernetes, because ${why}; ` +
      "remove it from the command line and NODE_OPTIONS, or start podkey from a terminal",
    EXIT.usage,
  );
}
