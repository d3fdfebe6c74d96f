/** Creates the Kubernetes objects that tests need, through `KubeClient`. */
import type { KubeClient } from "./kube-client.ts";

/** A Secret as a test writes it. */
export interface SecretDraft {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Raw bytes or text; encoded here. */
  readonly data?: Readonly<Record<string, string | Uint8Array>>;
  readonly type?: string;
  readonly immutable?: boolean;
}

/** One rule of a Role. */
export interface RoleRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** A ServiceAccount and the rules that it gets. */
export interface Grant {
  readonly namespace: string;
  readonly serviceAccount: string;
  readonly rules: readonly RoleRule[];
}

/** The rights that label mode needs. */
export const READ_SECRETS: RoleRule = {
  apiGroups: [""],
  resources: ["secrets"],
  verbs: ["get", "list", "watch"],
};

/** The rights that names mode needs for these names. */
export function readNamed(...resourceNames: readonly string[]): RoleRule {
  return { ...READ_SECRETS, resourceNames };
}

const RBAC = "/apis/rbac.authorization.k8s.io/v1";

/** See the file comment. */
export class KubeObjects {
  readonly client: KubeClient;

  constructor(client: KubeClient) {
    this.client = client;
  }

  async createNamespace(name: string, labels: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.client.send("POST", "/api/v1/namespaces", { metadata: { name, labels } });
  }

  async createServiceAccount(namespace: string, name: string): Promise<void> {
    await this.client.send("POST", `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name } });
  }

  async deleteServiceAccount(namespace: string, name: string): Promise<void> {
    await this.client.send("DELETE", `/api/v1/namespaces/${namespace}/serviceaccounts/${name}`);
  }

  /** A token by TokenRequest; the server grants ten minutes at least. */
  async requestToken(namespace: string, serviceAccount: string, expirationSeconds = 3600): Promise<string> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
    const answer = (await this.client.send("POST", path, { spec: { expirationSeconds } })) as {
      readonly status: { readonly token: string };
    };
    return answer.status.token;
  }

  /** Role and RoleBinding of the same name for a ServiceAccount of any namespace. */
  async grant(namespace: string, name: string, to: Grant): Promise<void> {
    const { rules } = to;
    await this.client.send("POST", `${RBAC}/namespaces/${namespace}/roles`, { metadata: { name }, rules });
    await this.client.send("POST", `${RBAC}/namespaces/${namespace}/rolebindings`, binding("Role", name, to));
  }

  /** ClusterRole and ClusterRoleBinding of the same name. */
  async grantEverywhere(name: string, to: Grant): Promise<void> {
    await this.client.send("POST", `${RBAC}/clusterroles`, { metadata: { name }, rules: to.rules });
    await this.client.send("POST", `${RBAC}/clusterrolebindings`, binding("ClusterRole", name, to));
  }

  /** Deletes Role and RoleBinding. An open watch continues; the next one is refused. */
  async revoke(namespace: string, name: string): Promise<void> {
    await this.client.send("DELETE", `${RBAC}/namespaces/${namespace}/rolebindings/${name}`);
    await this.client.send("DELETE", `${RBAC}/namespaces/${namespace}/roles/${name}`);
  }

  /** Creates or replaces the Secret. */
  async putSecret(namespace: string, name: string, draft: SecretDraft): Promise<void> {
    const path = `/api/v1/namespaces/${namespace}/secrets`;
    const body = secretBody(namespace, name, draft);
    const created = await this.client.ask("POST", path, body);
    if (created.status === 409) await this.client.send("PUT", `${path}/${name}`, body);
    else if (created.status !== 201) await this.client.send("POST", path, body);
  }

  /** Merge patch of a Secret; null removes a field. */
  async patchSecret(namespace: string, name: string, patch: object): Promise<void> {
    await this.client.send("PATCH", `/api/v1/namespaces/${namespace}/secrets/${name}`, patch);
  }

  async deleteSecret(namespace: string, name: string): Promise<void> {
    await this.client.send("DELETE", `/api/v1/namespaces/${namespace}/secrets/${name}`);
  }

  /** Reads a Secret, to compare it with what podkey serves. */
  async getSecret(namespace: string, name: string): Promise<StoredSecret> {
    return (await this.client.send("GET", `/api/v1/namespaces/${namespace}/secrets/${name}`)) as StoredSecret;
  }
}

/** The fields of a Secret that tests read. */
export interface StoredSecret {
  readonly metadata: {
    readonly uid: string;
    readonly resourceVersion: string;
    readonly creationTimestamp: string;
    readonly managedFields?: readonly unknown[];
  };
  readonly data?: Readonly<Record<string, string>>;
}

function secretBody(namespace: string, name: string, draft: SecretDraft): object {
  const { labels, annotations, type, immutable } = draft;
  const data = Object.entries(draft.data ?? {}).map(
    ([key, value]) => [key, Buffer.from(value as Uint8Array).toString("base64")] as const,
  );
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { namespace, name, ...(labels && { labels }), ...(annotations && { annotations }) },
    ...(draft.data && { data: Object.fromEntries(data) }),
    ...(type !== undefined && { type }),
    ...(immutable !== undefined && { immutable }),
  };
}

function binding(kind: "Role" | "ClusterRole", name: string, to: Grant): object {
  return {
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name },
    subjects: [{ kind: "ServiceAccount", namespace: to.namespace, name: to.serviceAccount }],
  };
}
