/** Opens a lab in a test and always closes it after the test. Used by every file of scenarios. */
import { PATIENCE_MS, WireLab } from "./wire-lab.ts";
import type { WireLabOptions } from "./wire-lab.ts";

/** Minimum time of a test: a failed wait reports what it waited for before mocha's timeout. */
const LEAST_TIMEOUT_MS = PATIENCE_MS + 4_000;

/** The opener of labs for one `describe`; registers the hooks that set the timeout and close the labs. */
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

/** Both transports, for scenarios that must pass on each (46: a proxy that offers HTTP/1.1 only). */
export const PROTOCOLS = [
  { protocol: "h2", title: "HTTP/2" },
  { protocol: "http/1.1", title: "HTTP/1.1 only (scenario 46)" },
] as const;
