/** Opens a lab in a test and closes it after the test, whatever happened. Used by every file of scenarios. */
import { WireLab } from "./wire-lab.ts";
import type { WireLabOptions } from "./wire-lab.ts";

/** The opener of labs for one `describe`; registers the hook that closes them. */
export function labs(): (options?: WireLabOptions) => WireLab {
  const open: WireLab[] = [];
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
