/**
 * What podkey shows to an API server and believes of it: bearer token, client certificate, CA bundle. Two makers, one
 * contract: service-account.ts (files of a pod) and kubeconfig.ts. Used by dial.ts (TLS) and api-client.ts (headers).
 */

/** TLS material of one moment. Compared by content to find a rotation. */
export interface TlsMaterial {
  /** PEM bundle of CAs; undefined: those of the system. */
  readonly ca: string | undefined;
  /** PEM of a client certificate and its key; undefined: none. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** Name that the server's certificate must carry, where it is not the host (`tls-server-name`). */
  readonly serverName: string | undefined;
  /** `insecure-skip-tls-verify` of a kubeconfig. */
  readonly insecure: boolean;
}

/** Credentials that renew themselves; old ones are kept as long as no new ones can be read. */
export interface Credentials {
  /** Headers of every request (authorization, impersonate-*), lower-case names. Re-read after `tokenMaxAgeMs`. */
  headers(): Promise<Readonly<Record<string, string>>>;
  /** For a TLS handshake. Re-read after `tlsMaterialMaxAgeMs`. */
  tls(): Promise<TlsMaterial>;
  /** Reads everything again now (after a 401 or a certificate error). True if something is different. */
  renew(): Promise<boolean>;
}

/** Whether two materials are the same. */
export function sameTlsMaterial(a: TlsMaterial, b: TlsMaterial): boolean {
  return (
    a.ca === b.ca &&
    a.cert === b.cert &&
    a.key === b.key &&
    a.serverName === b.serverName &&
    a.insecure === b.insecure
  );
}
