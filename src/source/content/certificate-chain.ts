/**
 * Reads certificates and keys of a Secret with node:crypto. Any input gives a value or undefined, never an exception:
 * OpenSSL's error texts can quote the input and are dropped here.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";

const BEGIN = "-----BEGIN CERTIFICATE-----";
const END = "-----END CERTIFICATE-----";

/** OpenSSL takes 0.1 ms for a certificate; more would hold up the event loop. Chains have fewer than 10, bundles 150. */
const MAX_CERTIFICATES = 200;

/** At least one certificate, in the order of the file. */
export type CertificateChain = readonly X509Certificate[];

/**
 * The first 200 certificates of a PEM file; undefined if there is none or one cannot be read. Uses indexOf because a
 * regular expression takes quadratic time on a megabyte of BEGIN lines without an END.
 */
export function readCertificateChain(pem: Uint8Array): CertificateChain | undefined {
  const text = Buffer.from(pem.buffer, pem.byteOffset, pem.byteLength).toString("latin1");
  const chain: X509Certificate[] = [];
  for (
    let from = text.indexOf(BEGIN);
    from !== -1 && chain.length < MAX_CERTIFICATES;
    from = text.indexOf(BEGIN, from)
  ) {
    const end = text.indexOf(END, from);
    if (end === -1) return undefined;
    const certificate = readCertificate(text.slice(from, end + END.length));
    if (certificate === undefined) return undefined;
    chain.push(certificate);
    from = end + END.length;
  }
  return chain.length === 0 ? undefined : chain;
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** Start and end of a certificate's validity in milliseconds since the epoch; undefined if a date cannot be read. */
export function validityMs(
  certificate: X509Certificate,
): { readonly fromMs: number; readonly toMs: number } | undefined {
  const fromMs = certificate.validFromDate.getTime();
  const toMs = certificate.validToDate.getTime();
  return Number.isFinite(fromMs) && Number.isFinite(toMs) ? { fromMs, toMs } : undefined;
}

/** Whether the private key belongs to the certificate; undefined if the bytes are not an unencrypted PEM key. */
export function keyBelongsTo(certificate: X509Certificate | undefined, pem: Uint8Array): boolean | undefined {
  try {
    const key = createPrivateKey({
      key: Buffer.from(pem.buffer, pem.byteOffset, pem.byteLength),
      format: "pem",
    });
    return certificate === undefined || certificate.checkPrivateKey(key);
  } catch {
    return undefined;
  }
}
