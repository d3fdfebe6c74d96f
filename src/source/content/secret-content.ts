/**
 * The input of the content checks: a decoded Secret with all of its annotations. Created by the decoder and not kept.
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
  /** All annotations, also those that are not served. */
  readonly annotations: StringMap;
  /**
   * The chains of `tls.crt` and, in a TLS Secret, `ca.crt`, read once for two checks. Undefined: the value cannot be
   * read. Absent: the key is missing or empty.
   */
  readonly chains: ReadonlyMap<string, CertificateChain | undefined>;
  readonly options: AnnotationOptions;
}
