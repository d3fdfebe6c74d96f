/**
 * What the checks of a Secret's content look at: everything that the Secret says, before annotations are reduced to
 * the served ones. Only the decoder makes it, and nothing keeps it.
 */
import type { StringMap } from "../../core/credential/credential.ts";
import type { SecretValue } from "../../core/credential/secret-value.ts";
import type { AnnotationOptions } from "./annotation-allow-list.ts";
import type { CertificateChain } from "./certificate-chain.ts";

/** A decoded Secret before its checks. */
export interface SecretContent {
  readonly name: string;
  readonly type: string;
  readonly data: ReadonlyMap<string, SecretValue>;
  /** All of the Secret's annotations. */
  readonly annotations: StringMap;
  /** The chains of `tls.crt` and, in a TLS Secret, `ca.crt`: read once, for two checks. Absent: no such key, or empty. */
  readonly chains: ReadonlyMap<string, CertificateChain | undefined>;
  /** Which prefixes the lifetime annotations may have. */
  readonly options: AnnotationOptions;
}
