/**
 * The credentials of a pod: the projected token and CA bundle that the kubelet renews on disk. Created by target.ts if
 * podkey runs in a cluster.
 */
import { join } from "node:path";
import type { Clock } from "../../../core/time/clock.ts";
import type { Log } from "../../../log/events.ts";
import { readCaBundle, readToken } from "./credential-files.ts";
import type { Credentials, TlsMaterial } from "./credentials.ts";
import { sameTlsMaterial } from "./credentials.ts";
import type { KubeParameters } from "./parameters.ts";
import { createRenewing } from "./renewing.ts";

/** Where the kubelet mounts token and CA. */
export const SERVICE_ACCOUNT_DIR = "/var/run/secrets/kubernetes.io/serviceaccount";

export interface ServiceAccountDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly parameters: KubeParameters;
  /** Folder with `token` and `ca.crt`. */
  readonly directory: string;
}

/** Reads nothing before the first call. */
export function createServiceAccountCredentials(deps: ServiceAccountDeps): Credentials {
  const { clock, log, parameters, directory } = deps;
  const token = createRenewing<string>({
    clock,
    maxAgeMs: parameters.tokenMaxAgeMs,
    read: () => readToken(join(directory, "token")),
    same: (a, b) => a === b,
    onKept: () => {
      log("kube_token_kept", { file: join(directory, "token") });
    },
  });
  const tls = createRenewing<TlsMaterial>({
    clock,
    maxAgeMs: parameters.tlsMaterialMaxAgeMs,
    read: async () => ({
      ca: await readCaBundle(join(directory, "ca.crt")),
      cert: undefined,
      key: undefined,
      serverName: undefined,
      insecure: false,
    }),
    same: sameTlsMaterial,
    onKept: () => {
      log("kube_ca_kept", { file: join(directory, "ca.crt") });
    },
  });
  return {
    headers: async () => ({ authorization: `Bearer ${await token.current()}` }),
    tls: () => tls.current(),
    renew: async () => {
      const changed = await Promise.all([token.renew(), tls.renew()]);
      return changed.includes(true);
    },
    close: () => undefined,
  };
}
