/**
 * Checks a `kubernetes.io/tls` Secret. The API server only requires the two keys. podkey also reports a certificate or
 * key that cannot be read, or that do not belong together, before a server fails on them at its next restart.
 */
import type { Problem } from "../../core/credential/problem.ts";
import { problem } from "./problem-reasons.ts";
import { keyBelongsTo } from "./certificate-chain.ts";
import { requireKeys } from "./require-keys.ts";
import type { SecretContent } from "./secret-content.ts";

/** Secret type of a certificate with its private key. */
export const TLS = "kubernetes.io/tls";

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

function certificateProblems(content: SecretContent, key: string): readonly Problem[] {
  if (!content.chains.has(key) || content.chains.get(key) !== undefined) return [];
  const message = `Key ${key} cannot be read as PEM certificates; store BEGIN CERTIFICATE blocks.`;
  return [problem("BAD_CERTIFICATE", message, { key })];
}

function privateKeyProblems(content: SecretContent): readonly Problem[] {
  const value = content.data.get("tls.key");
  if (value === undefined || value.sizeBytes === 0) return [];
  const belongs = keyBelongsTo(content.chains.get("tls.crt")?.[0], value.reveal());
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
