/**
 * Keys and certificates of a test cluster, in the files that kube-apiserver's flags name. One authority for servers and
 * clients; a client certificate's CN is the user and its O the group.
 */
import { generateKeyPairSync } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createCertificateAuthority } from "../tls/certificate-authority.ts";
import type { CertificateAuthority, CertificatePair } from "../tls/certificate-authority.ts";

/** The PKI of one cluster. */
export interface KubePki {
  readonly folder: string;
  readonly authority: CertificateAuthority;
  readonly caPem: string;
  /** Client certificate of system:masters: everything is allowed, and priority and fairness do not delay it. */
  readonly admin: CertificatePair;
  /** Private key (PEM, EC P-256) that ServiceAccount tokens are signed with. */
  readonly serviceAccountKeyPem: string;
}

/** Creates a PKI in `folder`: ca.crt, apiserver.crt/.key, admin.crt/.key, sa.key, sa.pub. `hosts` are the API server's names. */
export function writeKubePki(folder: string, hosts: readonly string[]): KubePki {
  mkdirSync(folder, { recursive: true });
  const authority = createCertificateAuthority("podkey test cluster");
  const server = authority.issue({ commonName: "kube-apiserver", hosts });
  const signer = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const serviceAccountKeyPem = signer.privateKey.export({ type: "sec1", format: "pem" }).toString();
  const write = (name: string, content: string): void => {
    writeFileSync(join(folder, name), content, { mode: 0o600 });
  };
  write("ca.crt", authority.certificatePem);
  write("apiserver.crt", server.certificatePem);
  write("apiserver.key", server.keyPem);
  write("sa.key", serviceAccountKeyPem);
  write("sa.pub", signer.publicKey.export({ type: "spki", format: "pem" }).toString());
  const admin = authority.issue({ commonName: "podkey-test-admin", organization: "system:masters" });
  write("admin.crt", admin.certificatePem);
  write("admin.key", admin.keyPem);
  return {
    folder,
    authority,
    caPem: authority.certificatePem,
    admin,
    serviceAccountKeyPem,
  };
}
