/** A namespace with a ServiceAccount for podkey, as in docs/kubernetes.md. Tests on a real API server start with one. */
import type { KubeApiServer } from "./kube-api-server.ts";
import { READ_SECRETS } from "./kube-objects.ts";
import type { RoleRule, SecretDraft } from "./kube-objects.ts";
import { PodkeyProcess } from "./podkey-process.ts";
import { uniqueName } from "./shared-kube-api-server.ts";

/** The label that podkey selects by default. */
export const SERVED = { "podkey.dev/serve": "true" } as const;

/** See the file comment. */
export class KubeTenant {
  readonly server: KubeApiServer;
  readonly namespace: string;
  /** A token of the ServiceAccount `podkey`, valid for an hour. */
  readonly token: string;

  private constructor(server: KubeApiServer, namespace: string, token: string) {
    this.server = server;
    this.namespace = namespace;
    this.token = token;
  }

  /** Without `rules` the account can read all Secrets of the namespace; with `[]` it has no rights. */
  static async create(
    server: KubeApiServer,
    rules: readonly RoleRule[] = [READ_SECRETS],
  ): Promise<KubeTenant> {
    const namespace = uniqueName("shop");
    const { objects } = server;
    await objects.createNamespace(namespace);
    await objects.createServiceAccount(namespace, "podkey");
    const tenant = new KubeTenant(server, namespace, await objects.requestToken(namespace, "podkey"));
    if (rules.length > 0) await tenant.grant(rules);
    return tenant;
  }

  /** Grants the account these rights. */
  grant(rules: readonly RoleRule[] = [READ_SECRETS]): Promise<void> {
    const to = { namespace: this.namespace, serviceAccount: "podkey", rules };
    return this.server.objects.grant(this.namespace, "podkey", to);
  }

  /** Revokes the rights. */
  revoke(): Promise<void> {
    return this.server.objects.revoke(this.namespace, "podkey");
  }

  /** Writes a Secret that podkey serves. */
  put(name: string, data: SecretDraft["data"], more: SecretDraft = {}): Promise<void> {
    return this.server.objects.putSecret(this.namespace, name, { labels: SERVED, data: data ?? {}, ...more });
  }

  /** Writes many Secrets, sixteen at a time. */
  async putMany(names: readonly string[], dataOf: (name: string) => SecretDraft["data"]): Promise<void> {
    const rest = names.values();
    const worker = async (): Promise<void> => {
      for (const name of rest) await this.put(name, dataOf(name));
    };
    await Promise.all(Array.from({ length: 16 }, worker));
  }

  /** Starts `podkey serve` on this namespace with a kubeconfig of the account. */
  serve(args: readonly string[] = [], how: { readonly url?: string } = {}): Promise<PodkeyProcess> {
    const kubeconfig = this.server.writeKubeconfig(
      `${this.namespace}.kubeconfig`,
      { kind: "token", token: this.token },
      { namespace: this.namespace, ...how },
    );
    return PodkeyProcess.start(["--kubeconfig", kubeconfig, ...args]);
  }

  /** `NAMESPACE/NAME`. */
  key(name: string): string {
    return `${this.namespace}/${name}`;
  }
}
