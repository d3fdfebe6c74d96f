/**
 * Everything that podkey finds out about a Secret by reading it: when it ends and what is wrong with it. Called once per
 * decoded object; pure, so equal content always has equal problems.
 */
import type { Problem } from "../../core/credential/problem.ts";
import type { SecretValue } from "../../core/credential/secret-value.ts";
import { problem } from "./problem-reasons.ts";
import type { CertificateChain } from "./certificate-chain.ts";
import { readCertificateChain } from "./certificate-chain.ts";
import { TLS } from "./check-tls.ts";
import { checkType } from "./check-type.ts";
import type { Lifetime } from "./lifetime.ts";
import { readLifetime } from "./lifetime.ts";
import type { SecretContent } from "./secret-content.ts";

/** Sum of the values of one Secret that an API server accepts (ValidateSecret), in bytes. */
const SECRET_LIMIT_BYTES = 1_048_576;

/** The most that one answer holds of values (contract section 1); beyond, they are left out. */
const SERVED_LIMIT_BYTES = 3 * 1024 * 1024;

/** What is inspected; the chains are read here. */
export interface Inspected extends Omit<SecretContent, "chains"> {
  /** It came in parts or compressed, so that the limit of one Secret says nothing. */
  readonly isUnpacked?: boolean;
}

/** Expiry and problems of the content, in a fixed order. */
export function inspectContent({ isUnpacked = false, ...decoded }: Inspected): Lifetime {
  const content = { ...decoded, chains: readChains(decoded) };
  const lifetime = readLifetime(content);
  return {
    expiry: lifetime.expiry,
    problems: [...checkType(content), ...lifetime.problems, ...sizeProblems(content.data, isUnpacked)],
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

/**
 * Over the limit of one Secret: only folders can hold it, and what works on a laptop would be refused by the cluster.
 * Over the limit of an answer: the same problem as the encoder's, here so that metrics, log and `check` know of it too.
 */
function sizeProblems(data: ReadonlyMap<string, SecretValue>, isUnpacked: boolean): readonly Problem[] {
  let sizeBytes = 0;
  for (const value of data.values()) sizeBytes += value.sizeBytes;
  const keys = [...data.keys()];
  const problems: Problem[] = [];
  if (sizeBytes > SECRET_LIMIT_BYTES && !isUnpacked) {
    const message = `The values sum up to ${String(sizeBytes)} bytes; an API server accepts ${String(SECRET_LIMIT_BYTES)} in one Secret.`;
    problems.push(problem("OVER_SECRET_LIMIT", message, { keys }));
  }
  if (sizeBytes > SERVED_LIMIT_BYTES) {
    const message =
      "The credential is over 3 MiB encoded and is sent without its values; ask Get for single keys.";
    problems.push(problem("TOO_LARGE", message, { keys }));
  }
  return problems;
}
