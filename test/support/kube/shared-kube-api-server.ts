/**
 * The real API server that the suites of a test run share: started by the first suite that needs it, killed when the run
 * ends. Each suite uses its own namespaces. A suite that restarts or breaks the server starts its own.
 */
import { randomBytes } from "node:crypto";
import type { Suite } from "mocha";
import { findKubeAssets, HOW_TO_GET_KUBE } from "./assets.ts";
import { KubeApiServer } from "./kube-api-server.ts";
import type { StartOptions } from "./kube-api-server.ts";

let shared: Promise<KubeApiServer> | undefined;
let isHintGiven = false;

/** The shared server; call it in a `before` of a `describeKube`. */
export function sharedKubeApiServer(): Promise<KubeApiServer> {
  shared ??= startKubeApiServer();
  return shared;
}

/** A separate server; the caller stops it. */
export function startKubeApiServer(options: Omit<StartOptions, "assets"> = {}): Promise<KubeApiServer> {
  const assets = findKubeAssets();
  if (assets === undefined) throw new Error(HOW_TO_GET_KUBE);
  return KubeApiServer.start({ ...options, assets });
}

/** `describe` for suites that need a real API server: skipped and counted if there are no binaries. */
export function describeKube(title: string, body: (this: Suite) => void): void {
  if (findKubeAssets() !== undefined) {
    describe(title, function () {
      // Starting etcd and kube-apiserver takes 3 to 5 s on an idle machine, and far more on a busy one.
      this.timeout(90_000);
      body.call(this);
    });
    return;
  }
  if (!isHintGiven) process.stderr.write(`${HOW_TO_GET_KUBE}\n`);
  isHintGiven = true;
  describe.skip(title, body);
}

/** A namespace name that no other suite uses. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString("hex")}`;
}
