/**
 * Finds when a Secret expires and what is wrong with its content. Called once for each decoded object. Pure, so equal
 * content always has equal problems.
 */
import type { Problem } from "../../core/credential/problem.ts";
import type { SecretValue } from "../../core/credential/secret-value.ts";
import { CREDENTIAL_LIMIT_BYTES, tooLarge } from "../../core/credential/too-large.ts";
import { problem } from "./problem-reasons.ts";
import type { CertificateChain } from "./certificate-chain.ts";
import { readCertificateChain } from "./certificate-chain.ts";
import { TLS } from "./check-tls.ts";
import { checkType } from "./check-type.ts";
import type { Lifetime } from "./read-lifetime.ts";
import { readLifetime } from "./read-lifetime.ts";
import type { SecretContent } from "./secret-content.ts";

/** Sum of the values that an API server accepts in one Secret (ValidateSecret), in bytes. */
const SECRET_LIMIT_BYTES = 1_048_576;

/** A decoded Secret; its certificate chains are read here. */
export interface InspectInput extends Omit<SecretContent, "chains"> {
  /** It came in parts or compressed, so the limit of one Secret does not apply. */
  readonly isUnpacked?: boolean;
}

/** Expiry and problems of the content, in a fixed order. */
export function inspectContent({ isUnpacked = false, ...decoded }: InspectInput): Lifetime {
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
 * A folder can hold a Secret that is too large for a cluster; OVER_SECRET_LIMIT reports it. TOO_LARGE is also added by
 * `src/rpc/codec`; reported here, it reaches metrics, the log and `check`.
 */
function sizeProblems(data: ReadonlyMap<string, SecretValue>, isUnpacked: boolean): readonly Problem[] {
  let sizeBytes = 0;
  for (const value of data.values()) sizeBytes += value.sizeBytes;
  const keys = [...data.keys()];
  const problems: Problem[] = [];
  if (sizeBytes > SECRET_LIMIT_BYTES && !isUnpacked) {
    const message = `The values add up to ${String(sizeBytes)} bytes; an API server accepts at most ${String(SECRET_LIMIT_BYTES)} in one Secret.`;
    problems.push(problem("OVER_SECRET_LIMIT", message, { keys }));
  }
  if (sizeBytes > CREDENTIAL_LIMIT_BYTES) problems.push(tooLarge(keys));
  return problems;
}
