/**
 * Turns errors of node:net, node:tls, node:http and node:http2 into SyncErrors, by their codes. The second half of
 * classify-error.ts, kept apart because it knows Node and nothing of Kubernetes.
 */
import type { SyncErrorKind } from "../../../sync/port/sync-error.ts";
import { SyncError } from "../../../sync/port/sync-error.ts";

/** No server was reached. */
const UNREACHABLE: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EAI_FAIL",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "EADDRNOTAVAIL",
  "ETIMEDOUT",
  "ERR_SOCKET_CONNECTION_TIMEOUT",
]);

/** Certificate checks of OpenSSL, as Node names them (X509 verification codes), and handshake failures. */
const TLS_CODE =
  /^(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH|ERR_TLS_|ERR_SSL_|ERR_OSSL_|EPROTO$)/;

/** Classifies anything thrown or emitted by Node. A SyncError passes as it is. @param where the address, for the message. */
export function classifyNodeError(thrown: unknown, where: string): SyncError {
  if (thrown instanceof SyncError) return thrown;
  const code = nodeErrorCode(thrown);
  const kind = kindOf(code);
  return new SyncError(kind, `${MESSAGES[kind]} ${where} (${code}).${REMEDIES[kind] ?? ""}`);
}

function kindOf(code: string): "unreachable" | "tls" | "malformed" | "reset" {
  if (UNREACHABLE.has(code)) return "unreachable";
  if (TLS_CODE.test(code)) return "tls";
  // HPE_*: node:http's parser; the peer does not speak HTTP.
  if (code.startsWith("HPE_")) return "malformed";
  return "reset";
}

const MESSAGES: Readonly<Record<"unreachable" | "tls" | "malformed" | "reset", string>> = {
  unreachable: "No API server could be reached at",
  tls: "No trusted TLS connection could be made to",
  malformed: "No HTTP came from",
  reset: "The connection broke to",
};

const REMEDIES: Partial<Readonly<Record<SyncErrorKind, string>>> = {
  unreachable: " Check that it runs, and that DNS, network policy and proxy let podkey through.",
  tls: " Check the CA bundle, the names in the server's certificate, and a client certificate's validity.",
};

/** The code of a Node error; of several attempts (Happy Eyeballs) that of the whole or of the first. */
export function nodeErrorCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "unknown";
  if ("code" in thrown && typeof thrown.code === "string") return thrown.code;
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return nodeErrorCode(thrown.errors[0]);
  return thrown.name;
}
