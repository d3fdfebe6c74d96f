/**
 * How podkey authenticates to an API server and verifies it: bearer token, client certificate, CA bundle. Implemented
 * by service-account.ts (files of a pod) and kubeconfig-credentials.ts; used by dial.ts (TLS) and api-client.ts (headers).
 */

/** TLS material as last read. Compared by content to detect a rotation. */
export interface TlsMaterial {
  /** PEM bundle of CAs; undefined: Node's own list. */
  readonly ca: string | undefined;
  /** PEM of a client certificate and its key; undefined: none. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** `tls-server-name`: the name that the server's certificate must have if it is not the host. */
  readonly serverName: string | undefined;
  /** `insecure-skip-tls-verify` of a kubeconfig. */
  readonly insecure: boolean;
}

/** Headers of a request: lower-case names; a list is sent as several headers. */
export type RequestHeaders = Readonly<Record<string, string | readonly string[]>>;

/** Credentials that are re-read as they age. If they cannot be read, the last ones stay in use. */
export interface Credentials {
  /** Headers of every request (authorization, impersonate-*); at most `tokenMaxAgeMs` old. */
  headers(): Promise<RequestHeaders>;
  /** For a TLS handshake. At most `tlsMaterialMaxAgeMs` old in a pod, `tokenMaxAgeMs` with a kubeconfig. */
  tls(): Promise<TlsMaterial>;
  /** Reads everything again, after a 401 or a certificate error. True if anything changed. */
  renew(): Promise<boolean>;
  /** Ends an exec plugin that is still running. */
  close(): void;
}

/** Compares by content. */
export function sameTlsMaterial(a: TlsMaterial, b: TlsMaterial): boolean {
  return (
    a.ca === b.ca &&
    a.cert === b.cert &&
    a.key === b.key &&
    a.serverName === b.serverName &&
    a.insecure === b.insecure
  );
}
