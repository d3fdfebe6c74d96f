/** Shared by the SDS tests: a manifest with a certificate that is replaced atomically, and a client that connects. */
import { X509Certificate } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import type { ConnectionOptions } from "node:tls";
import type { CertificateAuthority, CertificatePair } from "../../support/tls/certificate-authority.ts";

/** Writes the Secret `name` into a folder of manifests, atomically. */
export function putTls(folder: string, name: string, pair: CertificatePair, by: CertificateAuthority): void {
  const stringData = { "tls.crt": pair.certificatePem, "tls.key": pair.keyPem, "ca.crt": by.certificatePem };
  const manifest = { apiVersion: "v1", kind: "Secret", type: "kubernetes.io/tls", metadata: { name } };
  writeFileSync(join(folder, `${name}.new`), JSON.stringify({ ...manifest, stringData }));
  renameSync(join(folder, `${name}.new`), join(folder, `${name}.json`));
}

/** Connects like any client. Resolves with the serial number of the server's certificate, and rejects if it is not trusted. */
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

/** The serial number of a certificate, in the format of Go. */
export function serialOf(certificatePem: string): string {
  return plain(new X509Certificate(certificatePem).serialNumber);
}

function plain(serialNumber: string): string {
  return serialNumber.toLowerCase().replace(/^0+/, "");
}
