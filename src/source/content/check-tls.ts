/**
 * What a `kubernetes.io/tls` Secret has to hold. The API server only asks for the two keys; that they parse and belong
 * together is what a server finds out at its next restart, and podkey says at once.
 */
import type { Problem } from "../../core/problem.ts";
import { problem } from "../problem-reasons.ts";
import { keyBelongsTo, readCertificateChain } from "./certificate-chain.ts";
import { requireKeys } from "./require-keys.ts";
import type { SecretContent } from "./secret-content.ts";

const PAIR = ["tls.crt", "tls.key"] as const;

/** Problems of certificate, key and (where present) `ca.crt`. */
export function checkTls(content: SecretContent): readonly Problem[] {
  return [
    ...requireKeys(content, PAIR),
    ...certificateProblems(content, "tls.crt"),
    ...certificateProblems(content, "ca.crt"),
    ...privateKeyProblems(content),
  ];
}

function filled(content: SecretContent, key: string): Uint8Array | undefined {
  const value = content.data.get(key);
  return value === undefined || value.sizeBytes === 0 ? undefined : value.reveal();
}

function certificateProblems(content: SecretContent, key: string): readonly Problem[] {
  const pem = filled(content, key);
  if (pem === undefined || readCertificateChain(pem) !== undefined) return [];
  return [
    problem(
      "BAD_CERTIFICATE",
      `Key ${key} cannot be read as PEM certificates; store BEGIN CERTIFICATE blocks.`,
      { key },
    ),
  ];
}

function privateKeyProblems(content: SecretContent): readonly Problem[] {
  const pem = filled(content, "tls.key");
  if (pem === undefined) return [];
  const chain = filled(content, "tls.crt");
  const leaf = chain === undefined ? undefined : readCertificateChain(chain)?.[0];
  const belongs = keyBelongsTo(leaf, pem);
  if (belongs === undefined) {
    const message =
      "Key tls.key cannot be read as an unencrypted PEM private key; store it without a passphrase.";
    return [problem("BAD_PRIVATE_KEY", message, { key: "tls.key" })];
  }
  if (belongs) return [];
  const message =
    "The private key in tls.key does not belong to the first certificate in tls.crt; store a matching pair.";
  return [problem("CERTIFICATE_KEY_MISMATCH", message, { key: "tls.key", keys: PAIR })];
}
