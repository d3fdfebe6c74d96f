/**
 * Everything that podkey finds out about a Secret by reading it: when it ends and what is wrong with it. Called once per
 * decoded object; pure, so equal content always has equal problems.
 */
import type { SecretValue } from "../../core/secret-value.ts";
import { problem } from "../problem-reasons.ts";
import type { CertificateChain } from "./certificate-chain.ts";
import { readCertificateChain } from "./certificate-chain.ts";
import { TLS } from "./check-tls.ts";
import { checkType } from "./check-type.ts";
import type { Lifetime } from "./lifetime.ts";
import { readLifetime } from "./lifetime.ts";
import type { SecretContent } from "./secret-content.ts";

/** Sum of the values of one Secret that an API server accepts (ValidateSecret), in bytes. */
const SECRET_LIMIT_BYTES = 1_048_576;

/** Expiry and problems of the content, in a fixed order. */
export function inspectContent(decoded: Omit<SecretContent, "chains">): Lifetime {
  const content = { ...decoded, chains: readChains(decoded) };
  const lifetime = readLifetime(content);
  return {
    expiry: lifetime.expiry,
    problems: [...checkType(content), ...lifetime.problems, ...sizeProblems(content.data)],
  };
}

function readChains({ type, data }: Omit<SecretContent, "chains">): SecretContent["chains"] {
  const chains = new Map<string, CertificateChain | undefined>();
  for (const key of type === TLS ? ["tls.crt", "ca.crt"] : ["tls.crt"]) {
    const value = data.get(key);
    if (value !== undefined && value.sizeBytes > 0) chains.set(key, readCertificateChain(value.reveal()));
  }
  return chains;
}

/** Only folders can hold such a Secret: what works on a laptop would be refused by the cluster. */
function sizeProblems(data: ReadonlyMap<string, SecretValue>): Lifetime["problems"] {
  let sizeBytes = 0;
  for (const value of data.values()) sizeBytes += value.sizeBytes;
  if (sizeBytes <= SECRET_LIMIT_BYTES) return [];
  const message = `The values sum up to ${String(sizeBytes)} bytes; an API server accepts ${String(SECRET_LIMIT_BYTES)} in one Secret.`;
  return [problem("OVER_SECRET_LIMIT", message, { keys: [...data.keys()] })];
}
