/**
 * The entries of a kubeconfig that podkey uses, as kubeconfig-file.ts reads them. File paths are absolute. An absent or
 * empty text is undefined.
 */

/** PEM in the kubeconfig or in a file. */
export interface PemSource {
  readonly data: string | undefined;
  readonly file: string | undefined;
}

/** Which file an entry is from, for messages. */
interface Entry {
  readonly path: string;
}

/** An entry of `clusters`. */
export interface ClusterEntry extends Entry {
  readonly server: string | undefined;
  /** `tls-server-name`. */
  readonly serverName: string | undefined;
  /** `insecure-skip-tls-verify`. */
  readonly insecure: boolean;
  readonly ca: PemSource;
  readonly proxyUrl: string | undefined;
  readonly disableCompression: boolean;
  /** The extension `client.authentication.k8s.io/exec`, which exec plugins get. */
  readonly execConfig: unknown;
}

/** `as`, `as-uid`, `as-groups`, `as-user-extra`. */
export interface Impersonation {
  readonly user: string | undefined;
  readonly uid: string | undefined;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/** `exec` of a user. */
export interface ExecEntry {
  readonly apiVersion: string | undefined;
  /** Absolute if it has a slash, else a name to find on the PATH. */
  readonly command: string | undefined;
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly installHint: string | undefined;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: string | undefined;
}

/** An entry of `users`. */
export interface UserEntry extends Entry {
  readonly token: string | undefined;
  readonly tokenFile: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly certificate: PemSource;
  readonly key: PemSource;
  readonly impersonation: Impersonation;
  /** The name of the `auth-provider`. */
  readonly authProvider: string | undefined;
  readonly exec: ExecEntry | undefined;
}

/** An entry of `contexts`. */
export interface ContextEntry extends Entry {
  readonly cluster: string | undefined;
  readonly user: string | undefined;
  readonly namespace: string | undefined;
}

/** One file. Entries by name. */
export interface KubeconfigFile {
  readonly currentContext: string | undefined;
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
}
