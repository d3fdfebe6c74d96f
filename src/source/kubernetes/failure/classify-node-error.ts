/** Turns errors of node:net, node:tls, node:http and node:http2 into SyncErrors by their codes. */
import type { SyncErrorKind } from "../../../sync/port/sync-error.ts";
import { SyncError } from "../../../sync/port/sync-error.ts";

/** The server was not reached. */
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

/** Classifies any error of Node; returns a SyncError unchanged. @param where the address, for the message. */
export function classifyNodeError(thrown: unknown, where: string): SyncError {
  if (thrown instanceof SyncError) return thrown;
  const code = nodeErrorCode(thrown);
  const kind = kindOf(code);
  return new SyncError(kind, `${MESSAGES[kind]} ${where} (${code}).${REMEDIES[kind] ?? ""}`);
}

function kindOf(code: string): "unreachable" | "tls" | "malformed" | "reset" {
  if (UNREACHABLE.has(code)) return "unreachable";
  if (TLS_CODE.test(code)) return "tls";
  // HPE_*: node:http's parser; the peer does not use HTTP.
  if (code.startsWith("HPE_")) return "malformed";
  return "reset";
}

const MESSAGES: Readonly<Record<"unreachable" | "tls" | "malformed" | "reset", string>> = {
  unreachable: "Cannot connect to the API server at",
  tls: "Cannot establish a trusted TLS connection to",
  malformed: "Received something other than HTTP from",
  reset: "Lost the connection to",
};

const REMEDIES: Partial<Readonly<Record<SyncErrorKind, string>>> = {
  unreachable: " Check that it runs, and that DNS, network policies and the proxy allow the connection.",
  tls: " Check the CA bundle, the names in the server's certificate, and the validity of the client certificate.",
};

/** The code of a Node error; of an AggregateError (Happy Eyeballs) its own code or that of the first attempt. */
export function nodeErrorCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "unknown";
  if ("code" in thrown && typeof thrown.code === "string") return thrown.code;
  if (thrown instanceof AggregateError && thrown.errors.length > 0) return nodeErrorCode(thrown.errors[0]);
  return thrown.name;
}
