/** Opens a lab in a test and closes it after the test, whatever happened. Used by every file of scenarios. */
import { PATIENCE_MS, WireLab } from "./wire-lab.ts";
import type { WireLabOptions } from "./wire-lab.ts";

/** Least time of a test: a wait that is in vain says what it waited for, before mocha says that time is up. */
const LEAST_TIMEOUT_MS = PATIENCE_MS + 4_000;

/** The opener of labs for one `describe`; registers the hooks that give a test its time and close its labs. */
export function labs(): (options?: WireLabOptions) => WireLab {
  const open: WireLab[] = [];
  beforeEach(function () {
    const test = this.currentTest;
    test?.timeout(Math.max(test.timeout(), LEAST_TIMEOUT_MS));
  });
  afterEach(async () => {
    for (const lab of open.splice(0)) await lab.close();
  });
  return (options = {}) => {
    const lab = new WireLab(options);
    open.push(lab);
    return lab;
  };
}

/** Both transports, for scenarios that have to hold on each (46: a proxy that offers HTTP/1.1 only). */
export const PROTOCOLS = [
  { protocol: "h2", title: "HTTP/2" },
  { protocol: "http/1.1", title: "HTTP/1.1 only (scenario 46)" },
] as const;
