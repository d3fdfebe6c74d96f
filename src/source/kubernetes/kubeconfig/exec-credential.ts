/**
 * What goes into an exec plugin and comes out of it: ExecCredential of client.authentication.k8s.io, v1 and v1beta1
 * (https://kubernetes.io/docs/reference/config-api/client-authentication.v1/). Used by exec-plugin.ts.
 */
import { X509Certificate, createPrivateKey } from "node:crypto";
import { parse } from "yaml";
import { KUBECTL_YAML } from "../../content/kubectl-yaml.ts";
import { asRecord } from "../../content/record.ts";

/** The credentials of a plugin. */
export interface ExecCredential {
  readonly token: string | undefined;
  /** PEM; set together with `key`. */
  readonly cert: string | undefined;
  readonly key: string | undefined;
  /** Milliseconds since 1970; undefined: valid until the API server refuses it. */
  readonly expiresAtWallMs: number | undefined;
}

/** The value of KUBERNETES_EXEC_INFO. @param cluster only with `provideClusterInfo`. */
export function execInfo(apiVersion: string, interactive: boolean, cluster: object | undefined): string {
  const spec = { ...(cluster !== undefined && { cluster }), interactive };
  return JSON.stringify({ kind: "ExecCredential", apiVersion, spec });
}

/** Reads a plugin's stdout. @returns what is wrong with it, in words and without any of it, if it cannot be used. */
export function readExecCredential(stdout: string, apiVersion: string): ExecCredential | string {
  const credential = asRecord(parseOutput(stdout));
  if (credential?.["kind"] !== "ExecCredential" || typeof credential["apiVersion"] !== "string")
    return "its output is not an ExecCredential";
  if (credential["apiVersion"] !== apiVersion)
    return `its output is not of ${apiVersion}, the apiVersion in the kubeconfig`;
  const status = asRecord(credential["status"]);
  if (status === undefined) return "its output has no status";
  const [token, cert, key, expires] = [
    "token",
    "clientCertificateData",
    "clientKeyData",
    "expirationTimestamp",
  ].map((name) => status[name] ?? undefined);
  if (![token, cert, key, expires].every(isTextOrAbsent)) return "a field of its output is not a string";
  return checkStatus({
    token: textOf(token),
    cert: textOf(cert),
    key: textOf(key),
    expires: textOf(expires),
  });
}

interface StatusTexts {
  readonly token: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly expires: string | undefined;
}

function checkStatus({ token, cert, key, expires }: StatusTexts): ExecCredential | string {
  if (token === undefined && cert === undefined && key === undefined)
    return "its output has neither a token nor a client certificate";
  if ((cert === undefined) !== (key === undefined))
    return "its output has only one of client certificate and key";
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    return "its token has a line break or another character that is not allowed in a header";
  if (cert !== undefined && key !== undefined && !isPair(cert, key))
    return "its client certificate is malformed or does not match its key";
  const expiresAtWallMs = expires === undefined ? undefined : Date.parse(expires);
  if (Number.isNaN(expiresAtWallMs)) return "its expirationTimestamp is not an RFC 3339 time";
  return { token, cert, key, expiresAtWallMs };
}

function isTextOrAbsent(value: unknown): boolean {
  return value === undefined || typeof value === "string";
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** JSON or YAML, as client-go's decoder. */
function parseOutput(stdout: string): unknown {
  try {
    return parse(stdout, KUBECTL_YAML);
  } catch {
    return undefined;
  }
}

/** Whether a PEM certificate belongs to a PEM key. */
export function isPair(cert: string, key: string): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}
