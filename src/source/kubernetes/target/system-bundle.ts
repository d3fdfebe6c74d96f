/**
 * The certificate authorities of the machine, for a cluster without a CA in its kubeconfig. Read from the files that Go
 * reads (crypto/x509, root_linux.go), so that podkey trusts what kubectl trusts: Node's built-in list does not have the
 * authority of a company. Called by read-material.ts.
 */
import { readFile } from "node:fs/promises";
import type { Env } from "./proxy-rules.ts";

/** Debian, Fedora, openSUSE, OpenELEC, CentOS, Alpine. */
const FILES: readonly string[] = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

/** The first bundle that exists, or the one that SSL_CERT_FILE names. Undefined: use Node's built-in list. */
export async function readSystemBundle(env: Env): Promise<string | undefined> {
  const chosen = env["SSL_CERT_FILE"];
  for (const file of chosen === undefined || chosen === "" ? FILES : [chosen]) {
    try {
      return await readFile(file, "utf8");
    } catch {
      // Try the next one.
    }
  }
  return undefined;
}
