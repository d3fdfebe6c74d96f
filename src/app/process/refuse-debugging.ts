/**
 * Refuses to serve Secrets from a process whose memory Node would hand out: by a debugger, whose port is open to all
 * containers of the pod, or into a file. Called by app.ts before anything is read; a person at a terminal may debug.
 */
import type { LoadedConfig } from "../../config/schema/sidecar-config.ts";
import { EXIT } from "../../exit-code.ts";
import type { AppHost } from "./host.ts";
import { StartError } from "./start-error.ts";

/** Flags by which Node writes what it holds: heap snapshots, reports with the text of an error, aborts with a core dump. */
const DUMPING =
  /^--(?:heapsnapshot-signal|heapsnapshot-near-heap-limit|heap-prof|report-on-fatalerror|report-on-signal|report-uncaught-exception|abort-on-uncaught-exception)(?:=|$)/;

/** @throws StartError. */
export function refuseDebugging({ config }: LoadedConfig, host: AppHost): void {
  if (config.source !== "kubernetes" || host.stdinIsTerminal) return;
  if (host.inspectorIsOpen())
    throw refusal("--inspect", "every container of the pod could read all values through it");
  const dumping = host.nodeFlags.find((flag) => DUMPING.test(flag));
  if (dumping !== undefined)
    throw refusal(dumping, "Node would write memory that holds values into a file or a core dump");
}

function refusal(flag: string, why: string): StartError {
  return new StartError(
    `${flag} is refused with --source kubernetes, because ${why}; ` +
      "remove it from the command line and NODE_OPTIONS, or start podkey from a terminal",
    EXIT.usage,
  );
}
