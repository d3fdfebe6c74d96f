/** Kubeconfig files for tests, for podkey's `--kubeconfig` and for kubectl. Written as JSON, which is valid YAML. */
import { writeFileSync } from "node:fs";
import type { CertificatePair } from "../tls/certificate-authority.ts";

/** The user of a kubeconfig. */
export type KubeIdentity =
  | { readonly kind: "certificate"; readonly pair: CertificatePair }
  | { readonly kind: "token"; readonly token: string }
  /** A file that is re-read, as a projected token is. */
  | { readonly kind: "token-file"; readonly path: string };

/** Writes a kubeconfig (mode 0600) and returns its path. */
export function writeKubeconfig(
  path: string,
  to: {
    readonly url: string;
    readonly caPem: string;
    readonly identity: KubeIdentity;
    readonly namespace?: string;
  },
): string {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const content = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server: to.url, "certificate-authority-data": base64(to.caPem) } }],
    users: [{ name: "test", user: userOf(to.identity, base64) }],
    contexts: [
      { name: "test", context: { cluster: "test", user: "test", namespace: to.namespace ?? "default" } },
    ],
    "current-context": "test",
  };
  writeFileSync(path, JSON.stringify(content, undefined, 2), { mode: 0o600 });
  return path;
}

function userOf(identity: KubeIdentity, base64: (text: string) => string): object {
  switch (identity.kind) {
    case "certificate":
      return {
        "client-certificate-data": base64(identity.pair.certificatePem),
        "client-key-data": base64(identity.pair.keyPem),
      };
    case "token":
      return { token: identity.token };
    case "token-file":
      return { tokenFile: identity.path };
  }
}
