/** What the tests of SDS share: a manifest with a certificate that is replaced at once, and a client that is shown it. */
import { X509Certificate } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import type { ConnectionOptions } from "node:tls";
import type { CertificateAuthority, CertificatePair } from "../../support/tls/certificate-authority.ts";

/** Puts the Secret `name` into a folder of manifests, whole. */
export function putTls(folder: string, name: string, pair: CertificatePair, by: CertificateAuthority): void {
  const stringData = { "tls.crt": pair.certificatePem, "tls.key": pair.keyPem, "ca.crt": by.certificatePem };
  const manifest = { apiVersion: "v1", kind: "Secret", type: "kubernetes.io/tls", metadata: { name } };
  writeFileSync(join(folder, `${name}.new`), JSON.stringify({ ...manifest, stringData }));
  renameSync(join(folder, `${name}.new`), join(folder, `${name}.json`));
}

/** Connects as any client would, and gives the serial number of what it was shown. Rejects when it is not trusted. */
export function handshake(
  to: Pick<ConnectionOptions, "host" | "port" | "path">,
  { certificatePem }: CertificateAuthority,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...to, servername: "localhost", ca: certificatePem }, () => {
      const shown = socket.getPeerX509Certificate();
      socket.destroy();
      resolve(shown === undefined ? "none" : plain(shown.serialNumber));
    });
    socket.once("error", reject);
  });
}

/** The serial number of a certificate, as Go prints it. */
export function serialOf(certificatePem: string): string {
  return plain(new X509Certificate(certificatePem).serialNumber);
}

function plain(serialNumber: string): string {
  return serialNumber.toLowerCase().replace(/^0+/, "");
}
