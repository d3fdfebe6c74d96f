/**
 * The credentials of a kubeconfig's user: token, token file, basic auth, client certificate, exec plugin. Files are
 * read again after a while and at once when the API server refuses; then the kubeconfig itself too, so that an edit of
 * it is found without a restart. Made by target.ts.
 */
import type { RequestOptions } from "node:https";
import type { Clock } from "../../../core/time/clock.ts";
import { SyncError } from "../../../sync/port/sync-error.ts";
import type { Log } from "../../../log/events.ts";
import { nodeErrorCode } from "../failure/classify-node-error.ts";
import { checkCaBundle, readToken } from "./credential-files.ts";
import type { Credentials, TlsMaterial } from "./credentials.ts";
import { sameTlsMaterial } from "./credentials.ts";
import type { LoadedKubeconfig } from "./kubeconfig.ts";
import type { KubeParameters } from "./parameters.ts";
import { createRenewing } from "./renewing.ts";

/** What they are made of. */
export interface KubeconfigCredentialsDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly parameters: KubeParameters;
  /** As resolved at start. */
  readonly loaded: LoadedKubeconfig;
  /** Reads the files again. */
  reload(): Promise<LoadedKubeconfig>;
}

interface Material {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
}

/** Credentials of the context; an exec plugin runs at the first request, then when its token ends or is refused. */
export function createKubeconfigCredentials(deps: KubeconfigCredentialsDeps): Credentials {
  let loaded: LoadedKubeconfig | undefined = deps.loaded;
  const { context } = deps.loaded;
  const material = createRenewing<Material>({
    clock: deps.clock,
    maxAgeMs: deps.parameters.tokenMaxAgeMs,
    read: async () => {
      loaded ??= await deps.reload();
      return readMaterial(loaded);
    },
    same: sameMaterial,
    onKept: () => {
      deps.log("kube_credentials_kept", { context });
    },
  });
  return {
    headers: async () => (await material.current()).headers,
    tls: async () => (await material.current()).tls,
    renew: () => {
      // client-node keeps an exec plugin's token for as long as the loaded kubeconfig lives.
      loaded = undefined;
      return material.renew();
    },
  };
}

async function readMaterial(loaded: LoadedKubeconfig): Promise<Material> {
  const options: RequestOptions = {};
  try {
    // Nothing secret goes over plain HTTP (kubectl proxy adds the credentials itself), and client-node refuses it.
    if (!loaded.server.startsWith("http:")) await loaded.config.applyToHTTPSOptions(options);
  } catch (error) {
    // The error of an exec plugin carries its output, which may be the token.
    const user = loaded.config.getCurrentUser();
    const plugin =
      user?.exec === undefined || user.exec === null ? "" : "; run its exec plugin by hand to see why";
    throw new SyncError(
      "unauthorized",
      `The credentials of context ${loaded.context} in the kubeconfig could not be read (${nodeErrorCode(error)})${plugin}.`,
    );
  }
  const ca = pemText(options.ca);
  if (ca !== undefined) checkCaBundle(ca, `The CA of context ${loaded.context} in the kubeconfig`);
  return {
    headers: await readHeaders(options, loaded),
    tls: {
      ca,
      cert: pemText(options.cert),
      key: pemText(options.key),
      serverName: options.servername,
      insecure: options.rejectUnauthorized === false,
    },
  };
}

async function readHeaders(
  options: RequestOptions,
  loaded: LoadedKubeconfig,
): Promise<Readonly<Record<string, string>>> {
  const headers: Record<string, string> = {};
  if (options.auth !== undefined && options.auth !== null) {
    headers["authorization"] = `Basic ${Buffer.from(options.auth).toString("base64")}`;
  }
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (typeof value === "string") headers[name.toLowerCase()] = value;
  }
  // A token beats a token file, as in client-go.
  if (loaded.tokenFile !== undefined && headers["authorization"] === undefined) {
    headers["authorization"] = `Bearer ${await readToken(loaded.tokenFile)}`;
  }
  return headers;
}

function pemText(pem: unknown): string | undefined {
  if (Buffer.isBuffer(pem)) return pem.toString("utf8");
  return typeof pem === "string" ? pem : undefined;
}

function sameMaterial(a: Material, b: Material): boolean {
  return sameTlsMaterial(a.tls, b.tls) && JSON.stringify(a.headers) === JSON.stringify(b.headers);
}
